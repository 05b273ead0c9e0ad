import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { AppError } from '../../errors/errors.js';
import type { Database, Postgres } from '../postgres.js';
import { type SessionOptions, setSessionSql } from '../session-settings.js';
import { databaseFault } from '../sql-error.js';
import { traceQueries } from '../tracing.js';
import type { ServerPostgresOptions } from './options.js';
import { createServerPool, type ServerPool } from './pool.js';
import { prepareDatabase } from './start.js';

export type { ServerPostgresOptions } from './options.js';

const pingTimeoutMs = 2_000;

/**
 * Opens a database on a PostgreSQL server, or on a pooler before one that keeps sessions or transactions together:
 * waits until it is up, migrates, and hands out a bounded pool.
 * @throws StartError when it does not come up in time, refuses the user or the database, or cannot hold our text.
 */
export const openServerPostgres = async (options: ServerPostgresOptions): Promise<Postgres> => {
  const {
    host,
    port,
    user,
    password,
    database,
    schema = 'public',
    statementTimeoutMs = 10_000,
    metrics,
    log,
    clock,
  } = options;
  const session: SessionOptions = { schema, statementTimeoutMs };
  await prepareDatabase({ ...options, schema });
  const pool = createServerPool({
    ...session,
    address: { host, port, user, password, database },
    log,
    clock,
    metrics,
    maxConnections: options.maxConnections ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    lifetimeMs: options.connectionLifetimeMs ?? 600_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
  });
  return { db: databaseOn(pool, session, database), ping: () => ping(pool), close: pool.close };
};

/** drizzle calls nothing of a pool but `query`, and `connect` for transactions: those are ours. */
const databaseOn = (pool: ServerPool, session: SessionOptions, name: string): Database => {
  const bring = setSessionSql(session, 'transaction');
  const query = (config: pg.QueryConfig, values: unknown[]) =>
    pool.use((client, kind) =>
      kind === 'own' ? client.query(config, values) : queryInTransaction(client, bring, config, values),
    );
  const db: Database = drizzle(traceQueries({ query }, name) as unknown as pg.Pool);
  db.transaction = (work, config) =>
    pool.use((client, kind) => {
      const one: Database = drizzle(traceQueries(client, name));
      return one.transaction(
        async (tx) => {
          if (kind === 'shared') await tx.execute(sql.raw(bring));
          return work(tx);
        },
        { isolationLevel: 'read committed', ...config },
      );
    });
  return db;
};

/** One statement on a session that is ours for no longer than a transaction. */
const queryInTransaction = async (client: pg.PoolClient, bring: string, config: pg.QueryConfig, values: unknown[]) => {
  await client.query(`begin isolation level read committed; ${bring}`);
  try {
    const result = await client.query(config, values);
    await client.query('commit');
    return result;
  } catch (err) {
    // A connection that does not come out of its transaction is closed.
    if (databaseFault(err) !== 'away') await client.query('rollback').catch(() => undefined);
    throw err;
  }
};

/** Reading is not enough: a server that lost its place to another answers, and takes no change. */
const ping = async (pool: ServerPool): Promise<void> => {
  const text = `select current_setting('transaction_read_only') = 'on' as "readOnly"`;
  const ask = { text, query_timeout: pingTimeoutMs } as pg.QueryConfig;
  const { rows } = await pool
    .use((client) => client.query<{ readOnly: boolean }>(ask))
    .catch((cause: unknown) => {
      throw new AppError('unavailable', 'The database cannot be reached.', { cause, retryAfterMs: 1_000 });
    });
  if (!rows[0]?.readOnly) return;
  pool.renew();
  throw new AppError('unavailable', 'The database is read-only.', { retryAfterMs: 1_000 });
};
