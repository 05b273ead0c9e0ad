import { aggregatorConfig, symbolList } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { authConfig } from '@tickfolio/auth/config';
import { bffConfig } from '@tickfolio/bff/config';
import { dashboardConfig } from '@tickfolio/dashboard/config';
import { exchangeSimSchema } from '@tickfolio/exchange-sim/config';
import { address, addressOrOff, duration, required, serverAddress, z } from '@tickfolio/lib/config';
import { socketConfig } from '@tickfolio/socket/config';
import { jwtSecretFile, realArchive, simulatedArchive } from './store-names.js';

/** What else lies in the data folder, where an embedded database has a folder of its name. */
const takenNames: readonly string[] = [realArchive, simulatedArchive, jwtSecretFile];

/** @param onServer whether it is a database of a server, which has other names beside it */
const databaseName = (fallback: string, onServer: boolean) =>
  z
    .string()
    .regex(/^[\w-]{1,63}$/, 'must be 1 to 63 letters A to Z, digits, _ and -')
    // Not every file system tells capitals from small letters.
    .refine((name) => onServer || !takenNames.includes(name.toLowerCase()), {
      error: ({ input }) =>
        `must be another name: "${input}" is what something else in the data folder is called (${takenNames.join(', ')})`,
    })
    .default(fallback);

const onlyForServices = () => z.undefined({ error: 'is for services that run on their own' }).optional();

/**
 * The settings of the all-in-one run: whatever the services read, by the same names and with the same meaning, and a few of its own.
 * @param env decides, by its `ENV`, whether an example value will do as JWT_SECRET, and by its `POSTGRES_HOST` what else is needed
 */
export const standaloneConfig = (env: NodeJS.ProcessEnv) => {
  const given = { ...env, ENV: env.ENV || 'local' };
  const socket = socketConfig.shape;
  const aggregator = aggregatorConfig.shape;
  const auth = authConfig(given).shape;
  const bff = bffConfig(given).shape;
  const archiver = archiverConfig(given).shape;
  const simulator = exchangeSimSchema.shape;
  const onServer = Boolean(env.POSTGRES_HOST);
  const authDatabase = env.AUTH_POSTGRES_DB || 'auth_db';
  return z.object({
    ...socket,
    ...aggregator,
    ...auth,
    ...archiver,
    ...dashboardConfig(given).shape,
    ...bff,

    // What is otherwise here than in services of their own: safe on the machine it runs on, and nothing that must be set.
    ENV: z.string().default('local'),
    /** Unset: warnings, in words. */
    LOG_LEVEL: bff.LOG_LEVEL.unwrap().optional(),
    HTTP_HOST: z.string().default('127.0.0.1'),
    ADDRESS: address('127.0.0.1:50052'),
    SERVER_ADDR: address('127.0.0.1:8088'),
    /** Every port that serves /metrics shows all services, so none of its own is needed. */
    METRICS_ADDR: addressOrOff('off'),
    /** Unset: one is made in the data folder. */
    JWT_SECRET: auth.JWT_SECRET.optional(),

    // Servers: unset means the embedded counterpart.
    REDIS_ADDR: bff.REDIS_ADDR.optional(),
    BROKERS: aggregator.BROKERS.optional(),
    KAFKA_BROKERS: archiver.KAFKA_BROKERS.optional(),
    CLICKHOUSE_ADDR: archiver.CLICKHOUSE_ADDR.optional(),
    POSTGRES_HOST: bff.POSTGRES_HOST.optional(),
    POSTGRES_USER: onServer ? required() : z.string().optional(),
    POSTGRES_PASSWORD: onServer ? required() : z.string().optional(),
    POSTGRES_DB: onServer
      ? z
          .undefined({
            error:
              'names one database, but the all-in-one run has two; set AUTH_POSTGRES_DB (auth_db) and PROFILE_POSTGRES_DB (profile_db) instead',
          })
          .optional()
      : z.string().optional(),

    /** Its one aggregator has its symbols to itself. */
    SYMBOL_SHARES: z.enum(['off', 'false', '0'], { error: 'is for aggregators that run as services of their own' }).optional(),
    /** Its gRPC does not leave the machine. */
    GRPC_TLS_CA: onlyForServices(),
    GRPC_TLS_CERT: onlyForServices(),
    GRPC_TLS_KEY: onlyForServices(),

    // Services: unset means this process's own.
    SOCKET_SERVICE_ADDR: aggregator.SOCKET_SERVICE_ADDR.optional(),
    AGGREGATOR_ADDR: bff.AGGREGATOR_ADDR.optional(),
    AUTH_SERVICE_ADDR: serverAddress().optional(),

    EXCHANGE_SIM_HOST: simulator['--host'],
    EXCHANGE_SIM_PORT: simulator['--port'],
    SIM_SEED: simulator['--seed'],

    /** Rows appear while one looks. */
    BATCH_TIMEOUT: duration('1s'),
    /** So that there is something to look at before anybody holds anything. */
    FOLLOW_SYMBOLS: symbolList('btcusdt,ethusdt,bnbusdt,solusdt,xrpusdt,adausdt,dogeusdt,ltcusdt,linkusdt,ethbtc'),

    // Its own.
    /** The archive for analysts' own tools, over ClickHouse's HTTP interface; only where the embedded engine is used. */
    CLICKHOUSE_HTTP_ADDR: addressOrOff('127.0.0.1:8123'),
    DATA_DIR: z.string().default('./data'),
    PRICE_SOURCE: z.enum(['auto', 'binance', 'simulated'], { error: 'must be auto, binance or simulated' }).default('auto'),
    AUTH_POSTGRES_DB: databaseName('auth_db', onServer),
    PROFILE_POSTGRES_DB: databaseName('profile_db', onServer).refine(
      (name) => (onServer ? name !== authDatabase : name.toLowerCase() !== authDatabase.toLowerCase()),
      'must be another database than AUTH_POSTGRES_DB',
    ),
  });
};

export type StandaloneConfig = z.output<ReturnType<typeof standaloneConfig>>;
