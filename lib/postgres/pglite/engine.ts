import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type HoldStore, lacksRoom, NoRoomError, noteOpened } from '../../embedded-store/embedded-store.js';
import { AppError, StartError } from '../../errors/errors.js';
import { lockFolder } from '../../folder-lock/folder-lock.js';
import type { Postgres } from '../postgres.js';
import { requireTables, type Tables } from '../tables.js';
import { summaryOf, traceQueries } from '../tracing.js';
import { keepLogShort } from './checkpoint.js';
import { openPgliteConnection, type PgliteConnection, type PgliteConnectionOptions } from './connection.js';
import { dataFolderOf, pgliteNeedsBytes } from './files.js';
import { createPgliteSession, type PgliteSession, type PgliteSessionOptions } from './session.js';
import { createTurns } from './turns.js';
import { vacuumNowAndThen } from './vacuum.js';

export interface PgliteEngineOptions
  extends Omit<PgliteSessionOptions, 'clock' | 'ready' | 'turns' | 'name'>,
    PgliteConnectionOptions {}

export interface PgliteDatabaseOptions {
  /** Where its tables lie, and the table of its migrations; made when it is missing. */
  readonly schema: string;
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
  /** What is to be there after the migrations, or nothing is started. Default nothing is looked for. */
  readonly tables?: Tables | undefined;
  /** What it is called in traces. Default the schema. */
  readonly name?: string;
}

/** Nobody should have the connection for longer. */
const maxTurnMs = 100;
/** How long the tables of a service may take, as on a server. */
const migrationTimeoutMs = 120_000;
/** Where drizzle itself notes migrations: databases that have an engine to themselves do it there. */
const journalOfPublic = 'drizzle';

/** One PGlite with any number of databases in it, each a schema of its own. They have one connection between them. */
export interface PgliteEngine {
  /** Opens a database, brought up to date. Closing it only ends its own use. */
  database(options: PgliteDatabaseOptions): Promise<Postgres>;
  /** Statements of nobody's schema. */
  readonly session: PgliteSession;
  /** Settles with why, in words, when the engine broke while it was open and could not be opened anew. */
  readonly failed: Promise<StartError>;
  readonly hold: HoldStore;
  close(): Promise<void>;
}

/**
 * Opens PGlite (PostgreSQL compiled to WebAssembly) in a thread of its own, with its folder locked for this process;
 * the folder is made when it is missing. It has one connection: statements and transactions take turns.
 * @throws DamagedStoreError, NoRoomError, and StartError when another process uses the folder, or the database in it
 * cannot be opened.
 */
export const openPgliteEngine = async (options: PgliteEngineOptions): Promise<PgliteEngine> => {
  const { folder, clock, log } = options;
  const lock = await lockFolder(folder, { clock });
  let connection: PgliteConnection;
  try {
    connection = await openPgliteConnection(options);
  } catch (err) {
    await lock.close();
    throw err;
  }
  const { ask, ready, failed } = connection;
  const turns = createTurns({
    ...options,
    ready,
    watch: (turn) => {
      options.watch?.(turn);
      const { tookMs, statements, slowest } = turn;
      if (tookMs > maxTurnMs)
        log.debug(
          {
            ...{ tookMs: Math.round(tookMs), statements, folder, database: slowest?.database },
            ...{ slowest: summaryOf(slowest?.text ?? ''), slowestMs: Math.round(slowest?.tookMs ?? 0) },
          },
          'the embedded database had no time for anybody else',
        );
    },
  });
  const sessionIn = (schema: string | undefined, name: string, more: Partial<PgliteSessionOptions> = {}) => {
    const statements = traceQueries(
      {
        query: (text: string, params: unknown[], rowMode: 'array' | 'object') =>
          ask({ kind: 'query', text, params, rowMode, ...(schema === undefined ? {} : { schema }) }),
      },
      name,
    );
    return createPgliteSession((text, params, rowMode) => statements.query(text, params, rowMode) as Promise<never>, {
      ...options,
      ...more,
      turns,
      name,
    });
  };
  const session = sessionIn(undefined, 'pglite');
  const upkeep = [keepLogShort(session, options), vacuumNowAndThen(session, options)];
  let closing: Promise<void> | undefined;
  return {
    session,
    failed,
    database: async ({ schema, migrationsFolder, tables = [], name = schema }) => {
      let closed = false;
      const session = sessionIn(schema, name);
      // What has begun ends: a transaction that could neither be committed nor rolled back would take in what others
      // ask after it.
      const own: Pick<PgliteSession, 'query' | 'transaction'> = {
        query: (...asked) => (closed ? Promise.reject(over()) : session.query(...asked)),
        transaction: (work) => (closed ? Promise.reject(over()) : session.transaction(work)),
      };
      // drizzle calls nothing of a PGlite but `query` and `transaction`.
      const db = drizzle(own as unknown as PGlite);
      // A slow machine makes the tables of several services at its first start, and nobody starts without.
      const starting = sessionIn(schema, name, {
        transactionTimeoutMs: migrationTimeoutMs,
        waitTimeoutMs: migrationTimeoutMs,
      });
      const migrating = drizzle(starting as unknown as PGlite);
      try {
        await migrate(migrating, {
          migrationsFolder,
          migrationsSchema: schema === 'public' ? journalOfPublic : schema,
        });
      } catch (err) {
        throw lacksRoom(err) && !(err instanceof StartError) ? new NoRoomError(folder, pgliteNeedsBytes(folder)) : err;
      }
      await requireTables((text) => starting.query(text), { tables, database: `The database "${name}" in ${folder}` });
      if (tables.length > 0) log.info(`schema validated: ${tables.length} tables of ${name} in ${folder}`);
      noteOpened(folder, clock.now());
      return {
        db,
        ping: async () => void (await own.query('select 1')),
        close: async () => {
          closed = true;
        },
      };
    },
    hold: (work) =>
      session.alone(async (client) => {
        await client.query('checkpoint');
        return await work({ copyTo: async (place) => void (await ask({ kind: 'copy', to: dataFolderOf(place) })) });
      }),
    close: () => {
      for (const { close } of upkeep) close();
      closing ??= connection.close().then(() => lock.close());
      return closing;
    },
  };
};

const over = () => new AppError('unavailable', 'The database was closed.', { retryAfterMs: 1_000 });
