import { basename } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type HoldStore, lacksRoom, NoRoomError, noteOpened } from '../../embedded-store/embedded-store.js';
import { StartError } from '../../errors/errors.js';
import { lockFolder } from '../../folder-lock/folder-lock.js';
import type { Postgres } from '../postgres.js';
import { traceQueries } from '../tracing.js';
import { keepLogShort } from './checkpoint.js';
import { openPgliteConnection, type PgliteConnection, type PgliteConnectionOptions } from './connection.js';
import { dataFolderOf, pgliteNeedsBytes } from './files.js';
import { createPgliteSession, type PgliteSessionOptions } from './session.js';

export { examinePglite } from './examine.js';
export { pgliteNeedsBytes } from './files.js';

export interface PgliteOptions extends Omit<PgliteSessionOptions, 'clock' | 'ready'>, PgliteConnectionOptions {
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
}

/** The embedded database: the port, and what only it has. */
export interface PglitePostgres extends Postgres {
  /** Settles with why, in words, when the database broke while it was open and could not be opened anew. */
  readonly failed: Promise<StartError>;
  readonly hold: HoldStore;
}

/**
 * Opens PGlite (PostgreSQL compiled to WebAssembly) in a thread of its own, with its folder locked for this process; the folder is made when it is
 * missing. It has one connection: statements and transactions take turns.
 * @throws DamagedStoreError, NoRoomError, and StartError when another process uses the folder, or the database in it cannot be opened.
 */
export const openPglite = async (options: PgliteOptions): Promise<PglitePostgres> => {
  const { folder, migrationsFolder, clock } = options;
  const lock = await lockFolder(folder, { clock });
  let connection: PgliteConnection | undefined;
  const shut = async () => {
    await connection?.close();
    await lock.close();
  };
  try {
    connection = await openPgliteConnection(options);
    const { ask, ready, failed } = connection;
    const statements = traceQueries(
      { query: (text: string, params: unknown[], rowMode: 'array' | 'object') => ask({ kind: 'query', text, params, rowMode }) },
      basename(folder),
    );
    const session = createPgliteSession((text, params, rowMode) => statements.query(text, params, rowMode), { ...options, ready });
    // drizzle calls nothing of a PGlite but `query` and `transaction`.
    const db = drizzle(session as unknown as PGlite);
    await migrate(db, { migrationsFolder });
    noteOpened(folder, clock.now());
    const shortening = keepLogShort(session, options);
    let closing: Promise<void> | undefined;
    return {
      db,
      failed,
      ping: async () => void (await session.query('select 1')),
      hold: (work) =>
        session.alone(async (client) => {
          await client.query('checkpoint');
          return await work({ copyTo: async (place) => void (await ask({ kind: 'copy', to: dataFolderOf(place) })) });
        }),
      close: () => {
        shortening.close();
        closing ??= shut();
        return closing;
      },
    };
  } catch (err) {
    await shut();
    throw lacksRoom(err) && !(err instanceof StartError) ? new NoRoomError(folder, pgliteNeedsBytes(folder)) : err;
  }
};
