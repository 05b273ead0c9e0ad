import {
  addressList,
  addressOrOff,
  duration,
  environment,
  hostPort,
  integer,
  logLevel,
  port,
  serverAddress,
  z,
} from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import { formatDecimal, parseDecimal, quantityBounds } from '@tickfolio/lib/money';
import { postgresSettings } from '@tickfolio/lib/postgres';

/**
 * What the portfolio service reads from the environment.
 * @param env decides, by its `ENV`, whether an example value will do as a secret
 */
export const portfolioConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    GRPC_PORT: port(50053).describe("Where portfolio's gRPC is served."),
    ...postgresSettings(env, 'portfolio_service'),
    POSTGRES_MAX_CONNECTIONS: integer(10, 1, 1_000).describe('Connections to the database at once, at most.'),
    AUTH_SERVICE_ADDR: serverAddress('authorization-service:50051').describe(
      'The auth service, by gRPC: for what happened to accounts.',
    ),
    SOCKET_SERVICE_ADDR: serverAddress('socket-service:50052').describe(
      'The socket service, by gRPC: for what the exchange lists.',
    ),
    BROKERS: addressList().describe('Kafka, for what happens in portfolios.'),
    PAPER_GRANT: z
      .string()
      .regex(/^(0|[1-9]\d{0,14})(\.\d{1,8})?$/, 'must be a decimal number of at most 15 digits and 8 decimals')
      .default('10000')
      // As amounts are written: `0.00` is nothing.
      .transform((text) => formatDecimal(parseDecimal(text, quantityBounds)))
      .describe('What everybody has in paper money at the beginning, in USDT; `0` for nothing.'),
    AUDIT_INTERVAL: duration('1m').describe(
      'How often what changed in the books is compared with itself. The alert `BooksAuditOld` calls it overdue after twice as long, at the soonest after 10 minutes.',
    ),
    METRICS_ADDR: addressOrOff(':9467').describe('Where `/health`, `/ready` and `/metrics` are served.'),
    ...grpcTlsSettings,
  });

/** What `npm run audit:trading` reads. */
export const booksAuditConfig = (env: NodeJS.ProcessEnv) =>
  z.object({ LOG_LEVEL: logLevel().default('error'), ...postgresSettings(env, 'portfolio_service') });

type PortfolioConfig = z.output<ReturnType<typeof portfolioConfig>>;

/** Where auth is, `host:port`. */
export const authTarget = ({ AUTH_SERVICE_ADDR }: Pick<PortfolioConfig, 'AUTH_SERVICE_ADDR'>) =>
  hostPort(AUTH_SERVICE_ADDR);

/** Where the socket service is, `host:port`. */
export const socketTarget = ({ SOCKET_SERVICE_ADDR }: Pick<PortfolioConfig, 'SOCKET_SERVICE_ADDR'>) =>
  hostPort(SOCKET_SERVICE_ADDR);

/** How the service runs as a process of its own. */
export const portfolioOptions = (config: PortfolioConfig) => ({
  address: { host: '0.0.0.0', port: config.GRPC_PORT },
  operationsAddress: config.METRICS_ADDR,
  paperGrant: config.PAPER_GRANT,
  limits: { auditPeriodMs: config.AUDIT_INTERVAL },
});
