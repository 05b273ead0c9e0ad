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
import { parseDecimal } from '@tickfolio/lib/money';
import { postgresSettings } from '@tickfolio/lib/postgres';

/**
 * What the orders service reads from the environment.
 * @param env decides, by its `ENV`, whether an example value will do as a secret
 */
export const ordersConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    GRPC_PORT: port(50054).describe("Where orders' gRPC is served."),
    ...postgresSettings(env, 'order_service'),
    POSTGRES_MAX_CONNECTIONS: integer(10, 1, 1_000).describe('Connections to the database at once, at most.'),
    AUTH_SERVICE_ADDR: serverAddress('authorization-service:50051').describe(
      'The auth service, by gRPC: for what happened to accounts.',
    ),
    SOCKET_SERVICE_ADDR: serverAddress('socket-service:50052').describe(
      'The socket service, by gRPC: for what the exchange lists, and what it asks of orders.',
    ),
    PORTFOLIO_SERVICE_ADDR: serverAddress('portfolio-service:50053').describe(
      'The portfolio service, by gRPC: it keeps what orders need, and books what they come to.',
    ),
    AGGREGATOR_SERVICE_ADDR: serverAddress('aggregator-service:50064').describe(
      'The aggregators, by gRPC: for the trades by which orders are filled. Several have one name.',
    ),
    BROKERS: addressList().describe('Kafka, for what becomes of orders.'),
    AUDIT_INTERVAL: duration('1m').describe(
      'How often orders that changed are compared with their fills and with what is kept for them. The alert `OrdersAuditOld` calls it overdue after twice as long, at the soonest after 10 minutes.',
    ),
    PAPER_FEES: z
      .string()
      .regex(/^maker:0(\.\d{1,8})?,taker:0(\.\d{1,8})?$/, 'must be such as maker:0.001,taker:0.001')
      .optional()
      .describe('What paper orders pay from now on, as shares of what they receive: `maker:0.001,taker:0.001`.'),
    METRICS_ADDR: addressOrOff(':9468').describe('Where `/health`, `/ready` and `/metrics` are served.'),
    ...grpcTlsSettings,
  });

/** What `npm run audit:trading` reads. */
export const ordersAuditConfig = (env: NodeJS.ProcessEnv) => {
  const { PORTFOLIO_SERVICE_ADDR } = ordersConfig(env).shape;
  const log = { LOG_LEVEL: logLevel().default('error') };
  return z.object({ ...log, ...postgresSettings(env, 'order_service'), PORTFOLIO_SERVICE_ADDR });
};

/** What `npm run audit:fills` reads. */
export const fillsAuditConfig = (env: NodeJS.ProcessEnv) => {
  const { SOCKET_SERVICE_ADDR } = ordersConfig(env).shape;
  const log = { LOG_LEVEL: logLevel().default('error') };
  return z.object({ ...log, ...postgresSettings(env, 'order_service'), SOCKET_SERVICE_ADDR });
};

type OrdersConfig = z.output<ReturnType<typeof ordersConfig>>;

/** Where auth is, `host:port`. */
export const authTarget = ({ AUTH_SERVICE_ADDR }: Pick<OrdersConfig, 'AUTH_SERVICE_ADDR'>) =>
  hostPort(AUTH_SERVICE_ADDR);

/** Where the socket service is, `host:port`. */
export const socketTarget = ({ SOCKET_SERVICE_ADDR }: Pick<OrdersConfig, 'SOCKET_SERVICE_ADDR'>) =>
  hostPort(SOCKET_SERVICE_ADDR);

/** Where the trades are, `host:port`. */
export const aggregatorTarget = ({ AGGREGATOR_SERVICE_ADDR }: Pick<OrdersConfig, 'AGGREGATOR_SERVICE_ADDR'>) =>
  hostPort(AGGREGATOR_SERVICE_ADDR);

/** Where portfolio is, `host:port`. */
export const portfolioTarget = ({ PORTFOLIO_SERVICE_ADDR }: Pick<OrdersConfig, 'PORTFOLIO_SERVICE_ADDR'>) =>
  hostPort(PORTFOLIO_SERVICE_ADDR);

/** What paper orders pay; undefined where nobody says. */
export const paperFeesOf = (config: Pick<OrdersConfig, 'PAPER_FEES'>) => {
  const [maker, taker] = config.PAPER_FEES?.split(',').map((part) => part.slice(part.indexOf(':') + 1)) ?? [];
  if (maker === undefined || taker === undefined) return undefined;
  return { maker: parseDecimal(maker), taker: parseDecimal(taker) };
};

/** How the service runs as a process of its own. */
export const ordersOptions = (config: OrdersConfig) => ({
  address: { host: '0.0.0.0', port: config.GRPC_PORT },
  operationsAddress: config.METRICS_ADDR,
  fees: paperFeesOf(config),
  limits: { auditPeriodMs: config.AUDIT_INTERVAL },
});
