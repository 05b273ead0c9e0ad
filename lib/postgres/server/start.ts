import pg from 'pg';
import { hostPort } from '../../config/config.js';
import { StartError } from '../../errors/errors.js';
import { type NextTry, retrying } from '../../retry/retry.js';
import { setSessionSql } from '../session-settings.js';
import { databaseFault, isPoolerRefusal, sqlState } from '../sql-error.js';
import { requireTables } from '../tables.js';
import { bringUpToDate, requireUpToDate } from './migrations.js';
import type { ServerPostgresOptions } from './options.js';
import { answerGraceMs } from './pool.js';

type StartOptions = ServerPostgresOptions & { readonly schema: string };

interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Most of a pause is certain: how often is asked within the time that a start has, and how long a pooler repeats
 * itself, depends on it.
 */
const policy = { minRetryMs: 100, maxRetryMs: 2_000, leastShare: 0.75 };
/** These hold our text; SQL_ASCII does because it keeps bytes as they come. */
const encodings: readonly string[] = ['UTF8', 'SQL_ASCII'];

/**
 * Waits until the database is there and as the migrations want it.
 * @throws StartError
 */
export const prepareDatabase = async (options: StartOptions): Promise<void> => {
  const { host, port, migrate = 'auto', migrateAt, tables = [], database, log } = options;
  const place = { host, port };
  const look: Work = async (client) => {
    if (migrate === 'off' || migrateAt) await requireUpToDate(client, options);
    else await bringUpToDate(client, options);
    await requireTables((text) => client.query(text), { tables, database: `The database "${database}"` });
  };
  if (migrate === 'auto' && migrateAt) await whenReady(options, migrateAt, (client) => bringUpToDate(client, options));
  await whenReady(options, place, look);
  if (tables.length > 0) log.info(`schema validated: ${tables.length} tables of ${database} at ${hostPort(place)}`);
};

type Work = (client: pg.ClientBase) => Promise<void>;

const whenReady = async (options: StartOptions, place: Place, work: Work): Promise<void> => {
  const { log, clock, startTimeoutMs = 60_000, refusalPatienceMs = 5_000, signal } = options;
  const { host, port } = place;
  const startMs = clock.monotonic();
  let refused: { readonly words: string; readonly sinceMs: number } | undefined;
  let words = 'it was not waited for';
  const late = () =>
    new StartError(
      `PostgreSQL at ${hostPort({ host, port })} did not become ready within ${startTimeoutMs / 1_000} s (${words}).`,
    );
  const passes = (err: unknown, { retryInMs }: NextTry): boolean => {
    if (err instanceof StartError) return false;
    const fault = databaseFault(err);
    if (fault === 'refused' || fault === 'too-slow') throw refusal(err, options, place);
    words = reasonOf(err);
    const nowMs = clock.monotonic();
    // A pooler does not say whether it will be the same again; it shows.
    if (!isPoolerRefusal(err)) refused = undefined;
    else if (refused?.words !== words) refused = { words, sinceMs: nowMs };
    else if (nowMs - refused.sinceMs >= refusalPatienceMs)
      throw new StartError(`What answers at ${hostPort({ host, port })} refuses: ${words}.`);
    if (signal?.aborted || nowMs + retryInMs > startMs + startTimeoutMs) throw late();
    log.warn({ host, port, retryMs: retryInMs, reason: words }, 'PostgreSQL is not ready yet');
    return true;
  };
  const ready = await retrying(clock, policy, signal, passes, async () => {
    await attempt(options, place, work);
    return true;
  });
  if (!ready) throw late();
};

const reasonOf = (err: unknown): string => {
  if (!(err instanceof Error)) return String(err);
  return err.message || ('code' in err ? String(err.code) : err.name);
};

/** What will be the same at the next attempt, in words for the operator; what no database said stays what it is. */
const refusal = (err: unknown, { user, database }: StartOptions, { host, port }: Place): unknown => {
  const state = sqlState(err);
  const server = `PostgreSQL at ${hostPort({ host, port })}`;
  if (state === undefined) return err;
  if (state === '28P01' || state === '28000')
    return new StartError(`${server} refuses the user "${user}" or its password (${reasonOf(err)}).`);
  if (state === '3D000') return new StartError(`${server} has no database "${database}".`);
  return new StartError(
    `${server} refuses what the start needs of the database "${database}": ${reasonOf(err)} (SQLSTATE ${state}).`,
  );
};

/** One connection and one transaction, in which everything of the start is done. */
const attempt = async (options: StartOptions, { host, port }: Place, work: Work): Promise<void> => {
  const { user, password, database, schema, log, connectTimeoutMs = 5_000, migrationTimeoutMs = 120_000 } = options;
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: migrationTimeoutMs + answerGraceMs,
  });
  client.on('error', (err) => log.warn({ reason: err.message }, 'the connection of the start broke'));
  client.on('notice', ({ severity, message }) => {
    if (severity === 'WARNING') log.warn({ database, warning: message }, 'PostgreSQL warns');
  });
  try {
    await client.connect();
    await client.query(
      `begin isolation level read committed; ${setSessionSql({ schema, statementTimeoutMs: migrationTimeoutMs }, 'transaction')}`,
    );
    await requireEncoding(client, options);
    await work(client);
    await client.query('commit');
  } finally {
    await client.end().catch(() => undefined); // What was not committed is taken back.
  }
};

const requireEncoding = async (client: pg.ClientBase, { database, log }: StartOptions) => {
  const { rows } = await client.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`);
  const encoding = rows[0]?.encoding ?? 'unknown';
  if (!encodings.includes(encoding))
    throw new StartError(
      `The database "${database}" is encoded in ${encoding}, which has no room for all letters that symbols are written in. ` +
        `Make one in UTF8 and move the data there: createdb --template=template0 --encoding=UTF8.`,
    );
  if (encoding !== 'UTF8') log.warn({ database, encoding }, 'the database is not in UTF8; texts are kept as they come');
};
