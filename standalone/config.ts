import { aggregatorConfig, symbolList } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { authConfig } from '@tickfolio/auth/config';
import { bffConfig } from '@tickfolio/bff/config';
import { dashboardConfig } from '@tickfolio/dashboard/config';
import { exchangeSimSchema } from '@tickfolio/exchange-sim/config';
import { address, addressOrOff, duration, required, serverAddress, z } from '@tickfolio/lib/config';
import { socketConfig } from '@tickfolio/socket/config';
import { jwtSecretFile, realArchive, simulatedArchive } from './stores/store-names.js';

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
    LOG_LEVEL: bff.LOG_LEVEL.unwrap().optional().describe('Unset: warnings, in words.'),
    HTTP_HOST: z.string().default('127.0.0.1').describe('The address that HTTP listens on.'),
    ADDRESS: address('127.0.0.1:50052'),
    SERVER_ADDR: address('127.0.0.1:8088'),
    METRICS_ADDR: addressOrOff('off').describe('One more place for `/metrics`; every `/metrics` shows all services.'),
    JWT_SECRET: auth.JWT_SECRET.optional().describe('Unset: one is made once, in the data folder.'),

    // Servers: unset means the embedded counterpart.
    REDIS_ADDR: bff.REDIS_ADDR.optional().describe('A Redis instead of pub/sub in memory.'),
    BROKERS: aggregator.BROKERS.optional().describe('A Kafka instead of the event log in memory.'),
    KAFKA_BROKERS: archiver.KAFKA_BROKERS.optional().describe('The same as `BROKERS`.'),
    CLICKHOUSE_ADDR: archiver.CLICKHOUSE_ADDR.optional().describe('A ClickHouse (its HTTP port) instead of the embedded one.'),
    POSTGRES_HOST: bff.POSTGRES_HOST.optional().describe('A PostgreSQL server instead of the embedded databases.'),
    POSTGRES_USER: (onServer ? required() : z.string().optional()).describe('Required beside `POSTGRES_HOST`.'),
    POSTGRES_PASSWORD: (onServer ? required() : z.string().optional()).describe('Required beside `POSTGRES_HOST`.'),
    POSTGRES_DB: onServer
      ? z
          .undefined({
            error:
              'names one database, but the all-in-one run has two; set AUTH_POSTGRES_DB (auth_db) and PROFILE_POSTGRES_DB (profile_db) instead',
          })
          .optional()
      : z.string().optional().describe('Refused beside `POSTGRES_HOST`, because this run has two databases.'),

    /** Its one aggregator has its symbols to itself. */
    SYMBOL_SHARES: z.enum(['off', 'false', '0'], { error: 'is for aggregators that run as services of their own' }).optional(),
    /** Its gRPC does not leave the machine. */
    GRPC_TLS_CA: onlyForServices(),
    GRPC_TLS_CERT: onlyForServices(),
    GRPC_TLS_KEY: onlyForServices(),

    // Services: unset means this process's own.
    SOCKET_SERVICE_ADDR: aggregator.SOCKET_SERVICE_ADDR.optional().describe(
      'A socket service that runs elsewhere, in a debugger for instance.',
    ),
    AGGREGATOR_ADDR: bff.AGGREGATOR_ADDR.optional().describe('An aggregator that runs elsewhere.'),
    AUTH_SERVICE_ADDR: serverAddress().optional().describe('An auth service that runs elsewhere.'),

    EXCHANGE_SIM_HOST: simulator['--host'].describe('The address that the simulator listens on.'),
    EXCHANGE_SIM_PORT: simulator['--port'].describe('The port of the simulator.'),
    SIM_SEED: simulator['--seed'].describe('What the simulated prices are drawn from.'),

    // Rows appear while one looks, and there is something to look at before anybody holds anything.
    BATCH_TIMEOUT: duration('1s').describe('A smaller batch goes after this time.'),
    FOLLOW_SYMBOLS: symbolList('btcusdt,ethusdt,bnbusdt,solusdt,xrpusdt,adausdt,dogeusdt,ltcusdt,linkusdt,ethbtc').describe(
      'Symbols that are archived whoever holds them, besides what portfolios hold.',
    ),

    // Its own.
    CLICKHOUSE_HTTP_ADDR: addressOrOff('127.0.0.1:8123').describe(
      "The archive for analysts' own tools, over ClickHouse's HTTP interface, read only; where the embedded engine is used.",
    ),
    DATA_DIR: z.string().default('./data').describe('The data folder: accounts, portfolios, archive; one run at a time.'),
    PRICE_SOURCE: z
      .enum(['auto', 'binance', 'simulated'], { error: 'must be auto, binance or simulated' })
      .default('auto')
      .describe('`auto`: Binance where its REST interface and its streams answer within 2 s, else the simulator.'),
    AUTH_POSTGRES_DB: databaseName('auth_db', onServer).describe('The database of accounts, or its folder in `DATA_DIR`.'),
    PROFILE_POSTGRES_DB: databaseName('profile_db', onServer)
      .refine(
        (name) => (onServer ? name !== authDatabase : name.toLowerCase() !== authDatabase.toLowerCase()),
        'must be another database than AUTH_POSTGRES_DB',
      )
      .describe('The database of portfolios, or its folder in `DATA_DIR`.'),
  });
};

export type StandaloneConfig = z.output<ReturnType<typeof standaloneConfig>>;
