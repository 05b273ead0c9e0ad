import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { standaloneConfig } from './config.js';

/** Of several services by the same name, by which the run read them before each had one of its own. */
const ownNames = {
  ADDRESS: 'SOCKET_ADDRESS',
  GRPC_PORT: 'AUTH_GRPC_PORT',
  HTTP_PORT: 'BFF_HTTP_PORT',
  SERVER_ADDR: 'AGGREGATOR_SERVER_ADDR',
};
const read = (env: NodeJS.ProcessEnv) => readConfig('tickfolio', standaloneConfig(env), env);
const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    read(env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};

describe('the settings of the all-in-one run', () => {
  it.each(['databases', 'clickhouse', 'Clickhouse', 'clickhouse-simulated', 'jwt-secret'])(
    'do not let a database and something else in the data folder have one name, %s',
    (name) => {
      for (const variable of ['AUTH_POSTGRES_DB', 'PROFILE_POSTGRES_DB'])
        expect(faultsOf({ [variable]: name })).toEqual([
          `${variable} must be another name: "${name}" is what something else in the data folder is called (databases, clickhouse, clickhouse-simulated, jwt-secret)`,
        ]);
      // A server's databases lie elsewhere.
      const server = { POSTGRES_HOST: 'db', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p' };
      expect(faultsOf({ ...server, AUTH_POSTGRES_DB: name })).toEqual([]);
    },
  );

  it('do not let a database lie where the event log does, but on a server', () => {
    for (const variable of ['AUTH_POSTGRES_DB', 'PROFILE_POSTGRES_DB'])
      expect(faultsOf({ [variable]: 'Events_log' })).toEqual([
        `${variable} must be another name: "events_log" is the schema of the event log`,
      ]);
    const server = { POSTGRES_HOST: 'db', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p' };
    expect(faultsOf({ ...server, AUTH_POSTGRES_DB: 'events_log' })).toEqual([]);
  });

  it.each(['public', 'Public', 'drizzle', 'information_schema', 'pg_temp'])(
    'do not let an embedded database lie among what is PostgreSQL’s own, in %s',
    (name) => {
      for (const variable of ['AUTH_POSTGRES_DB', 'PROFILE_POSTGRES_DB'])
        expect(faultsOf({ [variable]: name })).toEqual([`${variable} must not be a schema of PostgreSQL itself`]);
    },
  );

  it('do not let two embedded databases have names that some disks do not tell apart', () => {
    expect(faultsOf({ PROFILE_POSTGRES_DB: 'Auth_DB' })).toEqual([
      'PROFILE_POSTGRES_DB must be another database than AUTH_POSTGRES_DB',
    ]);
  });

  it.each([
    ['POSTGRES_PORT', '0'],
    ['POSTGRES_MIGRATE_ADDR', 'db:0'],
    ['REDIS_ADDR', 'redis:0'],
    ['BROKERS', 'kafka:0'],
    ['KAFKA_BROKERS', 'kafka:0'],
    ['CLICKHOUSE_ADDR', 'clickhouse:0'],
    ['SOCKET_SERVICE_ADDR', 'socket:0'],
    ['AUTH_SERVICE_ADDR', 'auth:0'],
    ['AGGREGATOR_ADDR', 'aggregator:0'],
    ['AGGREGATOR_ADDR', 'http://aggregator:0'],
  ])('refuse %s=%s, where no server can be', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
  });

  it.each([['AUTH_SERVICE_ADDR'], ['PORTFOLIO_SERVICE_ADDR'], ['ORDERS_SERVICE_ADDR']])(
    'refuse %s without the Kafka by which that service tells that accounts were deleted',
    (variable) => {
      const missing = `${variable} needs BROKERS beside it: the Kafka by which that service tells what happens there`;
      expect(faultsOf({ [variable]: 'there:50051' })).toEqual([missing]);
      for (const name of ['BROKERS', 'KAFKA_BROKERS'])
        expect(faultsOf({ [variable]: 'there:50051', [name]: 'kafka:9092' })).toEqual([]);
    },
  );

  it('are refused by the same rules and all at once', () => {
    const wrong: NodeJS.ProcessEnv = {
      HTTP_PORT: 'eighty',
      ALLOWED_ORIGINS: 'example.com',
      TRUST_PROXY: 'my proxy',
      STALE_AFTER: '60',
      PUSH_WINDOW: '0s',
      MAX_COINS: '0',
      MAX_SOCKETS: '-1',
      AUTH_RATE_LIMIT: 'x',
      AUTH_RATE_WINDOW: '1',
      LOGINS_PER_NAME: '0',
      LOGINS_PER_ADDRESS: '0',
      REGISTRATIONS_PER_ADDRESS: '0',
      SESSION_TTL: '30',
      SYMBOLS_REFRESH: 'often',
      CONNECTION_LIFETIME: '23',
      JWT_SECRET: 'short',
      JWT_ACCESS_TTL: '15',
      METRICS_ADDR: 'nowhere',
      BROKERS: 'kafka',
      REDIS_ADDR: 'redis',
      EXCHANGE_SIM_PORT: '-1',
      PRICE_SOURCE: 'moon',
      LOG_LEVEL: 'loud',
    };
    expect(
      faultsOf(wrong)
        .map((fault) => fault.split(' ')[0])
        .sort(),
    ).toEqual(Object.keys(wrong).sort());
  });

  it('need nothing to be set, and keep to this machine', () => {
    const settings = read({});
    expect(settings).toMatchObject({
      ENV: 'local',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 8080,
      GRPC_PORT: 50051,
      ADDRESS: { host: '127.0.0.1', port: 50052 },
      SERVER_ADDR: { host: '127.0.0.1', port: 8088 },
      EXCHANGE_SIM_PORT: 9443,
      DATA_DIR: './data',
      PRICE_SOURCE: 'auto',
    });
    const unset = ['LOG_LEVEL', 'METRICS_ADDR', 'JWT_SECRET', 'REDIS_ADDR', 'POSTGRES_HOST', 'BROKERS'] as const;
    expect(unset.filter((name) => settings[name] !== undefined)).toEqual([]);
  });

  it('read where services listen by names that are theirs alone, and by those of before', () => {
    for (const [before, ownName] of Object.entries(ownNames)) {
      const text = before.endsWith('PORT') ? '7000' : '127.0.0.1:7000';
      const settings = [before, ownName].map((name) => read({ [name]: text }) as Readonly<Record<string, unknown>>);
      expect(settings[0]?.[ownName]).toEqual(settings[1]?.[ownName]);
      expect(faultsOf({ [before]: text, [ownName]: text.replace('7000', '7001') })).toEqual([
        `${before} is set to something else than ${ownName}, which means the same: set one of them`,
      ]);
    }
  });

  it('name a database for each service, never one for several', () => {
    const server = { POSTGRES_HOST: 'db', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p' };
    expect(read(server)).toMatchObject({ AUTH_POSTGRES_DB: 'auth_db', PROFILE_POSTGRES_DB: 'profile_db' });
    expect(faultsOf({ ...server, POSTGRES_DB: 'mine' })).toEqual([
      expect.stringMatching(/^POSTGRES_DB .*AUTH_POSTGRES_DB.*PROFILE_POSTGRES_DB/),
    ]);
    expect(faultsOf({ ...server, PROFILE_POSTGRES_DB: 'auth_db' })).toEqual([
      'PROFILE_POSTGRES_DB must be another database than AUTH_POSTGRES_DB',
    ]);
    expect(faultsOf({ AUTH_POSTGRES_DB: 'one', PROFILE_POSTGRES_DB: 'one' })).toHaveLength(1);
    for (const at of [{}, server])
      for (const name of ['AUTH_POSTGRES_DB', 'PROFILE_POSTGRES_DB'])
        expect(faultsOf({ ...at, [name]: 'portfolio_service' })).toEqual([
          `${name} must be another name: "portfolio_service" is the database of the portfolio service`,
        ]);
    expect(faultsOf({ AUTH_POSTGRES_DB: '../elsewhere' })).toHaveLength(1); // It also names a folder.
  });

  it('want a user and a password where a PostgreSQL server is named', () => {
    expect(faultsOf({ POSTGRES_HOST: 'db' })).toEqual(['POSTGRES_USER is required', 'POSTGRES_PASSWORD is required']);
  });

  it('take a published secret with ENV=local only, which is the default here', () => {
    const published = { JWT_SECRET: 'tickfolio-local-development-secret-not-for-production' };
    expect(faultsOf(published)).toEqual([]);
    expect(faultsOf({ ...published, ENV: 'production' })).toEqual([
      expect.stringMatching(/^JWT_SECRET is a published example/),
    ]);
  });
});
