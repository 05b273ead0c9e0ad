import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NoEngineError } from '@tickfolio/lib/clickhouse/chdb';
import { examineChdb } from '@tickfolio/lib/clickhouse/chdb-examine';
import type { Clock } from '@tickfolio/lib/clock';
import { DamagedStoreError, type TableContents, wasOpened } from '@tickfolio/lib/embedded-store';
import { examinePglite } from '@tickfolio/lib/postgres/pglite';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { BackedUpStore } from './manifest.js';

/** What an operator set aside (`mv auth_db auth_db.damaged`), as the advice on a damaged store says. */
export const isSetAside = (name: string): boolean => name.endsWith('.damaged');

/** Locks, a mark of a restore, what is being made, and a snapshot that is being copied belong to no backup. */
const passing = /^(\.lock|\.restored|(data)?\.snapshot|.*\.new)$/;
/** What an archive has in its data that is made anew at each start. */
const ofTheEngine = /^[^/]+\/data\/(tmp|shadow)$/;

/** Whether a path of a data folder belongs to a backup. */
export const isKept = (path: string): boolean => {
  const [name = '', inIt, ...deeper] = path.split('/');
  if (passing.test(name) || isSetAside(name)) return false;
  // Deeper, names are the stores' own.
  return !(inIt !== undefined && deeper.length === 0 && passing.test(inIt)) && !ofTheEngine.test(path);
};

type Kind = BackedUpStore['kind'];

const kindOf = (folder: string): Kind => {
  const has = (names: readonly string[]) => names.some((name) => existsSync(join(folder, 'data', name)));
  if (has(['PG_VERSION', 'global', 'base', 'pg_wal'])) return 'database';
  return has(['metadata', 'store']) ? 'archive' : 'files';
};

export interface ExaminedStore {
  readonly name: string;
  readonly kind: Kind;
  readonly tables?: TableContents[];
}

/**
 * Opens every store of a data folder that nobody uses, reads all of it, and closes it in order.
 * @throws DamagedStoreError and what else keeps a store from being opened
 */
export const examineStores = async (
  dataFolder: string,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<ExaminedStore[]> => {
  const stores: ExaminedStore[] = [];
  for (const name of (await readdir(dataFolder)).filter(isKept).sort()) {
    const folder = join(dataFolder, name);
    const kind = kindOf(folder);
    if (kind === 'files') {
      if (wasOpened(folder)) throw new DamagedStoreError(folder, 'its folder "data" is missing');
      stores.push({ name, kind });
      continue;
    }
    const tables = await (kind === 'database' ? examinePglite(folder, deps) : examineChdb(folder, deps)).catch(
      (err: unknown) => {
        if (err instanceof NoEngineError) return undefined;
        throw err;
      },
    );
    stores.push({ name, kind, ...(tables === undefined ? {} : { tables }) });
  }
  return stores;
};

/** The databases of a store: one, called as the store is, or several, each a schema of the one engine. */
export const databasesOf = ({
  name,
  kind,
  tables = [],
}: ExaminedStore): { readonly name: string; readonly schema: string; readonly tables: string[] }[] => {
  if (kind !== 'database') return [];
  const schemas = new Set(tables.map(({ schema = 'public' }) => schema));
  return [...schemas].map((schema) => ({
    name: schema === 'public' ? name : schema,
    schema,
    tables: tables.filter((table) => (table.schema ?? 'public') === schema).map((table) => table.name),
  }));
};

/** A store in words, for whoever takes or restores a backup. */
export const storeInWords = ({ name, kind, tables }: ExaminedStore): string => {
  if (kind === 'files') return name;
  if (tables === undefined) return `${name}: not opened, there is no engine for it on this machine`;
  return `${name}: ${tables.map((table) => `${table.rows} ${table.name}`).join(', ') || 'empty'}`;
};
