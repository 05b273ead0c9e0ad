import type { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { StartError } from '../../errors/errors.js';

export type Migration = ReturnType<typeof readMigrationFiles>[number];

export interface JournalPlace {
  readonly database: string;
  /** Where the tables are, and the journal of those who have them. */
  readonly schema: string;
}

/** What was run of a service's migrations, and where that is noted. */
export interface Journal {
  /** The `folderMillis` of those that were run. */
  readonly ran: ReadonlySet<number>;
  /** Whether the schema has a journal of its own. */
  readonly isOwn: boolean;
  /** Whether the common journal is there to be kept for earlier builds, is yet to be made, or is somebody else's. */
  readonly common: 'ours' | 'absent' | 'foreign';
}

/**
 * One for all schemas of a database, as drizzle's own `migrate` keeps it and builds of before read and write it. It
 * does not say whose migrations it has, so it cannot serve two services.
 */
const commonJournal = 'drizzle.__drizzle_migrations';
const ownName = '__migrations';
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const ownJournal = (schema: string): string => `${quoted(schema)}.${ownName}`;

type Note = Pick<Migration, 'hash'> & { readonly createdMs: number };

const notesIn = async (client: pg.ClientBase, journal: string): Promise<Note[]> => {
  const { rows } = await client.query<{ created_at: string; hash: string }>(`select created_at, hash from ${journal}`);
  return rows.map(({ created_at, hash }) => ({ createdMs: Number(created_at), hash }));
};
/** Read as a table is: what `to_regclass` says may be from before the wait for the lock. */
const tablesSql = `select nspname as schema, relname as name,
    has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where relkind in ('r', 'p') and nspname not in ('pg_catalog', 'information_schema')`;

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly readable: boolean;
}

const madeBy = (all: readonly Migration[]): ReadonlySet<string> =>
  new Set(
    all.flatMap(({ sql }) =>
      [...sql.join().matchAll(/create table (?:if not exists )?"?(\w+)/gi)].map(([, name = '']) => name),
    ),
  );

/** @throws StartError where the schema is another service's, or this one's tables are in another schema */
export const readJournal = async (
  client: pg.ClientBase,
  place: JournalPlace,
  all: readonly Migration[],
): Promise<Journal> => {
  const { database, schema } = place;
  const { rows: tables } = await client.query<Table>(tablesSql);
  const names = madeBy(all);
  const homes = tables.filter(({ name }) => names.has(name)).map((table) => table.schema);
  const isOurs = (notes: readonly Note[]) => notes.some((note) => all.some(({ hash }) => hash === note.hash));
  const ranOf = (notes: readonly Note[]) => new Set(notes.map(({ createdMs }) => createdMs));

  const own = tables.find((table) => table.schema === schema && table.name === ownName);
  const shared = tables.find((table) => `${table.schema}.${table.name}` === commonJournal);
  // What this role may not read is somebody else's, unless there is nothing else to go by: then the server says what is
  // lacking.
  const notes =
    shared && (shared.readable || (!own && homes.includes(schema))) ? await notesIn(client, commonJournal) : [];
  const common = isOurs(notes) ? 'ours' : notes.length > 0 || shared?.readable === false ? 'foreign' : 'absent';
  // Who only reads may have been given the common one before there was another.
  if (own && (own.readable || common !== 'ours')) {
    const ownNotes = await notesIn(client, ownJournal(schema));
    if (ownNotes.length > 0 && !isOurs(ownNotes)) throw notOurs(place);
    return { ran: ranOf(ownNotes), isOwn: true, common };
  }
  if (common === 'foreign' && tables.some((table) => table.schema === schema)) throw notOurs(place);
  if (common !== 'ours') return { ran: new Set(), isOwn: false, common };
  if (homes.includes(schema)) return { ran: ranOf(notes), isOwn: own !== undefined, common };
  // Before the schema was a setting, the role's own search_path decided where the tables went.
  if (homes[0] !== undefined)
    throw new StartError(
      `The tables of the database "${database}" are not in its schema "${schema}". Set POSTGRES_SCHEMA=${homes[0]} if they are in that one.`,
    );
  return { ran: new Set(), isOwn: false, common };
};

const notOurs = ({ database, schema }: JournalPlace): StartError =>
  new StartError(
    `The schema "${schema}" of the database "${database}" is in use by something else. Set POSTGRES_SCHEMA to one that only this service uses.`,
  );

/** Makes what is not there yet of the schema and its journals. @returns those to write into. */
export const makeJournals = async (
  client: pg.ClientBase,
  schema: string,
  { common }: Journal,
): Promise<readonly string[]> => {
  await makeSchema(client, schema);
  await client.query(
    `create table if not exists ${ownJournal(schema)} (created_at bigint primary key, hash text not null, run_at timestamptz not null default now())`,
  );
  const { rows } = await client.query<{ allowed: boolean }>(
    `select has_database_privilege(current_database(), 'create') or exists (select from pg_namespace where nspname = 'drizzle') as allowed`,
  );
  // Without the right to make a schema there was no earlier build here that could be started again.
  if (common === 'foreign' || (common === 'absent' && !rows[0]?.allowed)) return [ownJournal(schema)];
  await makeSchema(client, 'drizzle');
  await client.query(
    `create table if not exists ${commonJournal} (id serial primary key, hash text not null, created_at bigint)`,
  );
  return [ownJournal(schema), commonJournal];
};

/** Only what is missing: to make a schema that is there already takes rights too. */
const makeSchema = async (client: pg.ClientBase, name: string) => {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [name]);
  if (rowCount === 0) await client.query(`create schema ${quoted(name)}`);
};

export const noteMigration = async (
  client: pg.ClientBase,
  journals: readonly string[],
  { hash, folderMillis }: Migration,
): Promise<void> => {
  for (const journal of journals)
    await client.query(`insert into ${journal} (hash, created_at) values ($1, $2)`, [hash, folderMillis]);
};

/**
 * Whether the journal of before is to be taken over into the schema's own: by the owner of the former, not by who only
 * uses it.
 */
export const canTakeOver = async (client: pg.ClientBase, schema: string, { isOwn, ran }: Journal): Promise<boolean> => {
  if (isOwn || ran.size === 0) return false;
  const { rows } = await client.query<{ allowed: boolean }>(
    `select has_schema_privilege($1, 'create') and pg_has_role(relowner, 'member') as allowed from pg_class where oid = $2::regclass`,
    [schema, commonJournal],
  );
  return rows[0]?.allowed ?? false;
};
