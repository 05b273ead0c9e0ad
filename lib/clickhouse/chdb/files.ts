import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A database or a table as ClickHouse notes it: `<folder>/<name>.sql`, and where what belongs to it lies in `store`.
 */
interface Definition {
  readonly name: string;
  /** From the folder of the engine's data. */
  readonly file: string;
  /** From the folder of the engine's data; undefined for what keeps nothing there, such as a view. */
  readonly store: string | undefined;
  /** The file is whole. */
  readonly whole: boolean;
}

const storeOf = (uuid: string): string => join('store', uuid.slice(0, 3), uuid);

const readDefinitions = (data: string, folder: string, keeps: RegExp): Definition[] =>
  readdirSync(join(data, folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => {
      const text = readFileSync(join(data, folder, file), 'utf8');
      const [, uuid] = /^ATTACH (?:DATABASE|TABLE) \S+ UUID '([0-9a-f-]{36})'/.exec(text) ?? [];
      const store = uuid !== undefined && keeps.test(text) ? storeOf(uuid) : undefined;
      // ClickHouse ends each with a new line.
      return { name: file.replace(/\.sql$/, ''), file: join(folder, file), store, whole: text.endsWith('\n') };
    });

/** The databases in a folder of the engine's data, each with its tables that keep rows. */
const readDatabases = (data: string) =>
  readDefinitions(data, 'metadata', /\bENGINE = Atomic\b/).map((database) => ({
    database,
    tables:
      database.store !== undefined && existsSync(join(data, database.store))
        ? readDefinitions(data, database.store, /\bENGINE = \w*MergeTree\b/)
        : [],
  }));

/** What lies beside the parts in a table's folder. */
const notAPart = /^(detached|format_version\.txt|mutation_\d+\.txt|tmp_.*|moving)$/;
const hasParts = (folder: string): boolean => readdirSync(folder).some((name) => !notAPart.test(name));
const formatFile = 'format_version.txt';

/** Folders of tables in `store`, from the folder of the engine's data. */
const tableFolders = (data: string): string[] => {
  const store = join(data, 'store');
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .flatMap((first) => readdirSync(join(store, first)).map((uuid) => join('store', first, uuid)))
    .filter((folder) => existsSync(join(data, folder, formatFile)));
};

/** Whether the engine was used: there is a database in its data. */
export const hasDatabases = (data: string): boolean =>
  existsSync(join(data, 'metadata')) && readdirSync(join(data, 'metadata')).some((name) => name.endsWith('.sql'));

/**
 * Looks whether what belongs together is there, before the engine is started: where it finds no definitions, or a table
 * without its folder, it begins anew without a word.
 * @param data the engine's own folder
 * @returns what is wrong, in words
 */
export const findChdbDamage = (data: string): string | undefined => {
  const databases = hasDatabases(data) ? readDatabases(data) : [];
  for (const { database, tables } of databases) {
    for (const { file, whole } of [database, ...tables]) if (!whole) return `${file} is cut`;
    if (database.store !== undefined && !existsSync(join(data, database.store)))
      return `${database.store} with the definitions of the tables of ${database.name} is missing`;
    for (const { name, store } of tables)
      if (store !== undefined && !existsSync(join(data, store, formatFile)))
        return `${store} with the rows of ${database.name}.${name} is missing`;
  }
  const known = new Set([...databases.flatMap(({ tables }) => tables), ...readDropped(data)].map(({ store }) => store));
  const stray = tableFolders(data).find((folder) => !known.has(folder) && hasParts(join(data, folder)));
  return stray === undefined ? undefined : `the definition of the table whose rows lie in ${stray} is missing`;
};

/** Tables that were dropped and whose rows are removed some minutes later. */
const readDropped = (data: string): Definition[] =>
  existsSync(join(data, 'metadata_dropped'))
    ? readDefinitions(data, 'metadata_dropped', /\bENGINE = \w*MergeTree\b/)
    : [];

/** The folders of all tables that keep rows, from the folder of the engine's data. */
export const storedTables = (data: string): string[] =>
  readDatabases(data).flatMap(({ tables }) => tables.flatMap(({ store }) => (store === undefined ? [] : [store])));
