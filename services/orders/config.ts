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
    BROKERS: addressList().describe('Kafka, for what becomes of orders.'),
    AUDIT_INTERVAL: duration('1m').describe(
      'How often orders that changed are compared with their fills and with what is kept for them. The alert `OrdersAuditOld` calls it overdue after twice as long, at the soonest after 10 minutes.',
    ),
    METRICS_ADDR: addressOrOff(':9468').describe('Where `/health`, `/ready` and `/metrics` are served.'),
    ...grpcTlsSettings,
  });

type OrdersConfig = z.output<ReturnType<typeof ordersConfig>>;

/** Where auth is, `host:port`. */
export const authTarget = ({ AUTH_SERVICE_ADDR }: Pick<OrdersConfig, 'AUTH_SERVICE_ADDR'>) =>
  hostPort(AUTH_SERVICE_ADDR);

/** Where the socket service is, `host:port`. */
export const socketTarget = ({ SOCKET_SERVICE_ADDR }: Pick<OrdersConfig, 'SOCKET_SERVICE_ADDR'>) =>
  hostPort(SOCKET_SERVICE_ADDR);

/** Where portfolio is, `host:port`. */
export const portfolioTarget = ({ PORTFOLIO_SERVICE_ADDR }: Pick<OrdersConfig, 'PORTFOLIO_SERVICE_ADDR'>) =>
  hostPort(PORTFOLIO_SERVICE_ADDR);

/** How the service runs as a process of its own. */
export const ordersOptions = (config: OrdersConfig) => ({
  address: { host: '0.0.0.0', port: config.GRPC_PORT },
  operationsAddress: config.METRICS_ADDR,
  limits: { auditPeriodMs: config.AUDIT_INTERVAL },
});
