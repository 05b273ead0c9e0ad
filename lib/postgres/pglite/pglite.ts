import { basename } from 'node:path';
import type { HoldStore } from '../../embedded-store/embedded-store.js';
import type { StartError } from '../../errors/errors.js';
import type { Postgres } from '../postgres.js';
import { openPgliteEngine, type PgliteEngineOptions } from './engine.js';

export { summaryOf } from '../tracing.js';
export { openPgliteEngine, type PgliteEngine } from './engine.js';
export { examinePglite } from './examine.js';
export { pgliteNeedsBytes } from './files.js';
export { takeOverDatabase } from './take-over.js';
export type { Turn } from './turns.js';

export interface PgliteOptions extends PgliteEngineOptions {
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
}

/** The embedded database: the port, and what only it has. */
export interface PglitePostgres extends Postgres {
  /** Settles with why, in words, when the database broke while it was open and could not be opened anew. */
  readonly failed: Promise<StartError>;
  readonly hold: HoldStore;
}

/** Opens an engine with one database in it, in the schema `public`. @throws as `openPgliteEngine` */
export const openPglite = async (options: PgliteOptions): Promise<PglitePostgres> => {
  const { folder, migrationsFolder } = options;
  const engine = await openPgliteEngine(options);
  try {
    const { db, ping } = await engine.database({ schema: 'public', migrationsFolder, name: basename(folder) });
    return { db, ping, failed: engine.failed, hold: engine.hold, close: engine.close };
  } catch (err) {
    await engine.close();
    throw err;
  }
};
