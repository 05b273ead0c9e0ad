import type { Clock } from '../../clock/clock.js';
import type { TableContents } from '../../embedded-store/embedded-store.js';
import { StartError } from '../../errors/errors.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { openPgliteEngine, type PgliteEngine } from './engine.js';
import type { Querying } from './session.js';

export interface TakeOverOptions {
  /** Of a database that has an engine to itself; brought up to date, and otherwise left as it is. */
  readonly folder: string;
  readonly migrationsFolder: string;
  /** Where its tables go in the other engine, which must have nothing there. */
  readonly schema: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends it between two pieces. */
  readonly signal: AbortSignal;
}

/** Pages of a table, of 8 KB, that are read at once: some 1,000 rows. */
const pagesAtOnce = 16;

interface Table {
  /** Where rows lie: a table, or a partition of one. */
  readonly name: string;
  /** Where they are put. */
  readonly into: string;
  readonly pages: number;
  readonly hasLargeValues: boolean;
}

const tablesSql = `select c.relname::text as name, coalesce(root.relname, c.relname)::text as into,
    (pg_relation_size(c.oid) / current_setting('block_size')::int)::int as pages,
    c.reltoastrelid <> 0 and pg_relation_size(nullif(c.reltoastrelid, 0)) > 0 as "hasLargeValues"
  from pg_class c left join pg_class root on root.oid = pg_partition_root(c.oid)
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`;
const partitionsSql = `select c.relname::text as name, parent.relname::text as parent, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class parent on parent.oid = i.inhparent
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and parent.relkind = 'p' order by 1`;
const columnsSql = `select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
  where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`;
const sequencesSql = `select sequencename::text as name, last_value::text as last from pg_sequences
  where schemaname = 'public' and last_value is not null`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const rowsOf = async <T>(on: Querying, text: string, params: unknown[] = []) =>
  (await on.query(text, params)).rows as readonly T[];

/**
 * Copies a database into a schema of another engine, page by page, and proves by counts and checksums of all rows that
 * it is there whole.
 * @returns how much was copied, by table
 * @throws DamagedStoreError, NoRoomError, and StartError where it is not the same afterwards
 */
export const takeOverDatabase = async (engine: PgliteEngine, options: TakeOverOptions): Promise<TableContents[]> => {
  const { folder, migrationsFolder, schema, clock, log, signal } = options;
  signal.throwIfAborted();
  await engine.database({ schema, migrationsFolder });
  const source = await openPgliteEngine({ folder, clock, log });
  try {
    await source.database({ schema: 'public', migrationsFolder });
    const [from, to] = [source.session, engine.session];
    // Neither triggers nor foreign keys: the rows are what those made of them.
    await to.query(`set session_replication_role = 'replica'`);
    await makePartitions(from, to, schema);
    const tables = await rowsOf<Table>(from, tablesSql);
    const copied: TableContents[] = [];
    for (const into of new Set(tables.map((table) => table.into))) {
      const columns = await commonColumns(from, to, schema, into);
      for (const table of tables) if (table.into === into) await copyRows(from, to, { schema, table, columns, signal });
      copied.push({ name: into, rows: await compare(from, to, { schema, name: into, columns, folder }) });
    }
    for (const { name, last } of await rowsOf<{ name: string; last: string }>(from, sequencesSql))
      await to.query('select setval($1::regclass, $2::bigint)', [`${quoted(schema)}.${quoted(name)}`, last]);
    await to.query(`set session_replication_role = 'origin'`);
    return copied;
  } finally {
    await source.close();
  }
};

/** Partitions are made while a program runs, so migrations make only the first ones. */
const makePartitions = async (from: Querying, to: Querying, schema: string): Promise<void> => {
  for (const { name, parent, bound } of await rowsOf<{ name: string; parent: string; bound: string }>(
    from,
    partitionsSql,
  )) {
    const [partition, whole] = [name, parent].map((table) => `${quoted(schema)}.${quoted(table)}`);
    const [found] = await rowsOf<{ is: boolean }>(to, 'select to_regclass($1) is not null as is', [partition]);
    if (found?.is) continue;
    await to.query(`create table ${partition} (like ${whole} including all)`);
    await to.query(`alter table ${whole} attach partition ${partition} ${bound}`);
  }
};

/** The columns of a table, quoted. @throws StartError where they are not the same in both */
const commonColumns = async (from: Querying, to: Querying, schema: string, table: string): Promise<string[]> => {
  const columnsIn = (on: Querying, place: string) =>
    rowsOf<{ name: string; type: string }>(on, columnsSql, [`${quoted(place)}.${quoted(table)}`]);
  const [there, here] = [await columnsIn(from, 'public'), await columnsIn(to, schema)];
  const described = (columns: typeof there) => columns.map(({ name, type }) => `${name} ${type}`).sort();
  if (described(there).join() !== described(here).join())
    throw new StartError(
      `The table ${table} has other columns than this build makes: ${described(there).join(', ')}. Nothing was changed.`,
    );
  return here.map(({ name }) => quoted(name));
};

interface CopiedTable {
  readonly schema: string;
  readonly table: Table;
  readonly columns: readonly string[];
  readonly signal: AbortSignal;
}

const copyRows = async (
  from: Querying,
  to: Querying,
  { schema, table, columns, signal }: CopiedTable,
): Promise<void> => {
  const target = `${quoted(schema)}.${quoted(table.into)}`;
  const step = table.hasLargeValues ? 1 : pagesAtOnce;
  const read = `select row(${columns.join()})::text as row from public.${quoted(table.name)} where ctid >= $1::tid and ctid < $2::tid`;
  const write = `insert into ${target} (${columns.join()}) overriding system value
    select ${columns.map((column) => `(r).${column}`).join()} from (select unnest($1::text[])::${target} as r offset 0) rows`;
  for (let page = 0; page < table.pages; page += step) {
    signal.throwIfAborted();
    const rows = await rowsOf<{ row: string }>(from, read, [`(${page},0)`, `(${page + step},0)`]);
    if (rows.length > 0) await to.query(write, [rows.map(({ row }) => row)]);
  }
};

interface ComparedTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly folder: string;
}

/** @returns the number of rows @throws StartError where they are not the same in both */
const compare = async (
  from: Querying,
  to: Querying,
  { schema, name, columns, folder }: ComparedTable,
): Promise<number> => {
  const sum = (place: string) =>
    `select count(*)::int as rows, coalesce(sum(hashtextextended(row(${columns.join()})::text, 0)), 0)::text as sum from ${quoted(place)}.${quoted(name)}`;
  const [[there], [here]] = await Promise.all([
    rowsOf<{ rows: number; sum: string }>(from, sum('public')),
    rowsOf<{ rows: number; sum: string }>(to, sum(schema)),
  ]);
  if (there?.rows !== here?.rows || there?.sum !== here?.sum)
    throw new StartError(
      `The table ${name} of ${folder} was not copied whole: ${here?.rows} of its ${there?.rows} rows, or others. Nothing was changed; a further start tries it again.`,
    );
  return Number(here?.rows ?? 0);
};
