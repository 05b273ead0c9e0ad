import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../postgres/postgres.js';

export interface TablesWithOptions {
  /** Those of all schemas, by `schema.table`, instead of the one that is asked in. Default false. */
  readonly everySchema?: boolean;
}

/** How a text may stand in a column that is no text: its bytes, and those of an id. */
const formsOf = (text: string): readonly string[] => {
  const lower = text.toLowerCase();
  const bytes = [text, lower].map((one) => Buffer.from(one).toString('hex'));
  return [
    lower,
    ...bytes,
    ...(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(lower) ? [lower.replaceAll('-', '')] : []),
  ];
};

const inThisSchema = sql`c.relnamespace = current_schema()::regnamespace`;
const inAnySchema = sql`n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`;

const namesOf = (everySchema: boolean): SQL => {
  const name = everySchema ? sql`format('%I.%I', n.nspname, c.relname)` : sql`c.oid::regclass::text`;
  return sql`(select ${name} as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${everySchema ? inAnySchema : inThisSchema}) tables`;
};

/**
 * The tables in whose rows one of the texts stands, in whatever column, case and form, in the order of their names. It
 * looks at every table of the schema, so at one that comes later too.
 */
export const tablesWith = async (
  db: Database,
  texts: readonly string[],
  { everySchema = false }: TablesWithOptions = {},
): Promise<readonly string[]> => {
  const tables = await db.select({ name: sql<string>`name` }).from(namesOf(everySchema)).orderBy(sql`name`);
  const isThere = sql.join(
    texts.flatMap(formsOf).map((form) => sql`strpos(lower(one::text), ${form}) > 0`),
    sql` or `,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await db
      .select({ one: sql`1` })
      .from(sql`${sql.raw(name)} as one`)
      .where(isThere)
      .limit(1);
    if (rows.length > 0) found.push(name);
  }
  return found;
};
