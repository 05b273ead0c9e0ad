import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { type Clock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { StartError } from '../lifecycle/lifecycle.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import { traceQueries } from '../tracing/sql.js';
import type { Database, Postgres } from './postgres.js';
import { fromPostgresError, isConnectionFault, sqlState } from './sql-error.js';

export interface ServerPostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Shows the pool's connections; absent: nowhere. */
  readonly metrics?: Metrics;
  /** How many connections are open at most. Default 10. */
  readonly maxConnections?: number;
  /** How long a connection attempt, and the wait for a free connection, may take. Default 5 000. */
  readonly connectTimeoutMs?: number;
  /** After this time the server ends a statement; a little later the connection counts as dead. Default 10 000. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a server that is not up yet. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** How long the migrations may take, with the wait for another starter's. Default 120 000. */
  readonly migrationTimeoutMs?: number;
  /** How long `close` waits for running statements. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Ends the wait for the server. */
  readonly signal?: AbortSignal;
}

/** Any number that nobody else uses in the same database; advisory locks are per database. */
const migrationLock = 7_237_001_522;
const firstRetryMs = 100;
const maxRetryMs = 2_000;
const pingTimeoutMs = 2_000;
/** Past its own limit a statement gets this long for its answer to arrive. */
const answerGraceMs = 2_000;
const idleConnectionMs = 30_000;

/**
 * Opens a database on a PostgreSQL server: waits until it is up, migrates, and hands out a bounded pool.
 * @throws StartError when it does not come up in time, or refuses the user or the database.
 */
export const openServerPostgres = async (options: ServerPostgresOptions): Promise<Postgres> => {
  const { log, clock, maxConnections = 10, connectTimeoutMs = 5_000, statementTimeoutMs = 10_000, closeTimeoutMs = 5_000 } = options;
  await waitAndMigrate(options);
  const pool = new pg.Pool({
    ...address(options),
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleConnectionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + answerGraceMs,
  });
  // Without listeners a broken connection would end the process: the pool listens to the idle ones only.
  pool.on('connect', (client) => client.on('error', (err) => log.warn({ reason: err.message }, 'a database connection broke')));
  pool.on('error', () => undefined);
  if (options.metrics) showPool(options.metrics, pool);
  let closing: Promise<void> | undefined;
  return {
    db: withOwnTransactions(pool, options.database),
    ping: async () => {
      try {
        await pool.query({ text: 'select 1', query_timeout: pingTimeoutMs } as pg.QueryConfig);
      } catch (err) {
        throw unreachable(err);
      }
    },
    close: () => {
      closing ??= Promise.race([pool.end(), sleep(clock, closeTimeoutMs)]);
      return closing;
    },
  };
};

const showPool = (metrics: Metrics, pool: pg.Pool) => {
  metrics.gauge({
    name: 'postgres_connections',
    help: 'Connections to PostgreSQL by state: busy, idle; and waiting, the callers for whom there is none',
    labelNames: ['state'],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
};

const address = ({ host, port, user, password, database }: ServerPostgresOptions) => ({ host, port, user, password, database });

const unreachable = (err: unknown) => new AppError('unavailable', 'The database cannot be reached.', { cause: err, retryAfterMs: 1_000 });

/**
 * drizzle's own transaction on a pool loses the connection when BEGIN fails and hands back one whose ROLLBACK failed. This one
 * returns the connection in every case, and a doubtful one is closed.
 */
const withOwnTransactions = (pool: pg.Pool, database: string): Database => {
  const db: Database = drizzle(traceQueries(pool, database));
  db.transaction = async (work, config) => {
    const client = await pool.connect().catch((err: unknown) => {
      throw unreachable(err);
    });
    let doubtful = true;
    try {
      const one: Database = drizzle(traceQueries(client, database));
      const result = await one.transaction(work, config);
      doubtful = false;
      return result;
    } catch (err) {
      doubtful = isConnectionFault(err) && !(err instanceof AppError);
      throw err;
    } finally {
      client.release(doubtful);
    }
  };
  return db;
};

const waitAndMigrate = async (options: ServerPostgresOptions): Promise<void> => {
  const { host, port, database, user, log, clock, startTimeoutMs = 60_000, signal } = options;
  const giveUpMs = clock.monotonic() + startTimeoutMs;
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
    try {
      await migrateOnce(options);
      return;
    } catch (err) {
      const state = sqlState(err);
      if (state === '28P01' || state === '28000')
        throw new StartError(`PostgreSQL at ${host}:${port} refuses the user "${user}" or its password.`);
      if (state === '3D000') throw new StartError(`PostgreSQL at ${host}:${port} has no database "${database}".`);
      if (!isConnectionFault(err)) throw fromPostgresError(err);
      if (signal?.aborted || clock.monotonic() + retryMs > giveUpMs) {
        throw new StartError(`PostgreSQL at ${host}:${port} did not become ready within ${startTimeoutMs / 1_000} s (${reasonOf(err)}).`);
      }
      log.warn({ host, port, retryMs, reason: reasonOf(err) }, 'PostgreSQL is not ready yet');
      await sleep(clock, retryMs, signal);
    }
  }
};

const reasonOf = (err: unknown): string => {
  if (!(err instanceof Error)) return String(err);
  return err.message || ('code' in err ? String(err.code) : err.name);
};

/** Runs the migrations on one connection that holds the advisory lock: `migrate` itself fails when several starters run it at once. */
const migrateOnce = async (options: ServerPostgresOptions): Promise<void> => {
  const { migrationsFolder, log, connectTimeoutMs = 5_000, migrationTimeoutMs = 120_000 } = options;
  const client = new pg.Client({
    ...address(options),
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: migrationTimeoutMs,
    query_timeout: migrationTimeoutMs + answerGraceMs,
  });
  client.on('error', (err) => log.warn({ reason: err.message }, 'the migration connection broke'));
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end().catch(() => undefined); // Also gives the lock back.
  }
};
