import { address, duration, integer, jwtSecret, logLevel, port, url, z } from '@tickfolio/lib/config';

/** The settings of the all-in-one run: the same names as the services read, and a few of its own. */
export const standaloneConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: z.string().default('local'),
    LOG_LEVEL: logLevel().default('warn'),
    DATA_DIR: z.string().default('./data'),
    PRICE_SOURCE: z.enum(['auto', 'binance', 'simulated'], { error: 'must be auto, binance or simulated' }).default('auto'),
    SIM_SEED: z.string().min(1).max(64).default('1'),
    BINANCE_WS_URL: url(['ws:', 'wss:'], 'wss://stream.binance.com:9443'),
    BINANCE_REST_URL: url(['http:', 'https:'], 'https://api.binance.com'),
    HTTP_HOST: z.string().default('127.0.0.1'),
    HTTP_PORT: port(8080),
    MAX_SOCKETS_PER_USER: integer(20, 1, 10_000),
    GRPC_PORT: port(50051),
    ADDRESS: address('127.0.0.1:50052'),
    SERVER_ADDR: address('127.0.0.1:8088'),
    EXCHANGE_SIM_PORT: port(9443),
    JWT_SECRET: jwtSecret(env.ENV || 'local').optional(),
    JWT_ACCESS_TTL: duration('15m'),
    JWT_REFRESH_TTL: duration('168h'),
    REDIS_ADDR: address().optional(),
    POSTGRES_HOST: z.string().optional(),
    POSTGRES_PORT: port(5432),
    POSTGRES_USER: z.string().default('postgres'),
    POSTGRES_PASSWORD: z.string().default(''),
    AUTH_POSTGRES_DB: z.string().default('auth_db'),
    PROFILE_POSTGRES_DB: z.string().default('profile_db'),
  });

export type StandaloneConfig = z.output<ReturnType<typeof standaloneConfig>>;
