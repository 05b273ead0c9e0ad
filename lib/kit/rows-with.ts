import { sql } from 'drizzle-orm';
import type { Database } from '../postgres/postgres.js';

/**
 * The tables in whose rows one of the texts stands, in whatever column and case, in the order of their names. It looks at
 * every table of the schema, so at one that comes later too.
 */
export const tablesWith = async (db: Database, texts: readonly string[]): Promise<readonly string[]> => {
  const tables = await db
    .select({ name: sql<string>`name` })
    .from(
      sql`(select c.oid::regclass::text as name from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace) tables`,
    )
    .orderBy(sql`name`);
  const isThere = sql.join(
    texts.map((text) => sql`strpos(lower(one::text), ${text.toLowerCase()}) > 0`),
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
