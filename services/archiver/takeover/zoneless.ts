import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { type ArchivePart, archivePart } from '@tickfolio/lib/events/archive';
import type { Logger } from '@tickfolio/lib/telemetry';

/** What the takeover works with. Names are plain identifiers. */
export interface TakeoverDeps {
  readonly clickhouse: ClickHouse;
  readonly log: Logger;
  readonly database: string;
  /** The part of their names that all tables of the archive begin with. */
  readonly table: string;
  /** Ends it; the next start goes on there. */
  readonly signal?: AbortSignal | undefined;
  /** Told in words how far it is. */
  readonly tell: (words: string) => void;
}

/**
 * The tables whose times had no zone, in the order in which they are set aside, and what their columns become. As long
 * as the rows' times have none, not all of them are set aside, so the rows come last.
 */
export const zonedColumns = {
  newest: {},
  '1m': { start: "DateTime('UTC')" },
  '1h': { start: "DateTime('UTC')" },
  audits: { audited_at: "DateTime64(3, 'UTC')" },
  offsets: { event_time: "DateTime64(3, 'UTC')", noted_at: "DateTime64(3, 'UTC')" },
  rows: {
    event_time: "DateTime64(3, 'UTC')",
    receive_time: "DateTime64(3, 'UTC')",
    inserted_at: "DateTime64(3, 'UTC')",
  },
} as const satisfies Partial<Record<ArchivePart, Readonly<Record<string, string>>>>;

export type Part = keyof typeof zonedColumns;
export const parts = Object.keys(zonedColumns) as readonly Part[];

/** How the names of tables end that were set aside. */
export const zonelessEnd = '_zoneless';

/** Names of one table of the archive. */
export const namesOf = ({ database, table }: Pick<TakeoverDeps, 'database' | 'table'>, part: Part) => ({
  /** The one that everybody writes and reads. */
  own: archivePart(table, part),
  /** Set aside: all of its times are yet to be judged. */
  zoneless: `${archivePart(table, part)}${zonelessEnd}`,
  /** Empty, with zones, until it becomes the own one. */
  twin: `${archivePart(table, part)}_zoned`,
  full: (name: string) => `${database}.${name}`,
});

const writtenIn = 'times written in ';

/** What a table that is set aside says about itself. */
export const zoneComment = (zone: string): string => `${writtenIn}${zone}`;

/** The archive's tables with their comments. */
export const readTables = async ({ clickhouse, database }: TakeoverDeps): Promise<ReadonlyMap<string, string>> => {
  const tables = await clickhouse.query<{ name: string; comment: string }>(
    'SELECT name, comment FROM system.tables WHERE database = {database:String}',
    { database },
  );
  return new Map(tables.map(({ name, comment }) => [name, comment]));
};

/** The zone that a table's comment names; undefined where it names none. */
export const zoneOf = (comment: string | undefined): string | undefined =>
  comment?.startsWith(writtenIn) ? comment.slice(writtenIn.length) : undefined;

/** The columns of a table by name, with their types; empty where there is no such table. */
export const readColumns = async (
  { clickhouse, database }: TakeoverDeps,
  table: string,
): Promise<ReadonlyMap<string, string>> => {
  const columns = await clickhouse.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String} ORDER BY position',
    { database, table },
  );
  return new Map(columns.map(({ name, type }) => [name, type]));
};

/** The months of a table that have rows, the oldest first, as ClickHouse names its partitions. */
export const readPartitions = async (
  { clickhouse, database }: TakeoverDeps,
  table: string,
): Promise<readonly string[]> => {
  const found = await clickhouse.query<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts
     WHERE database = {database:String} AND table = {table:String} AND active AND rows > 0 ORDER BY id`,
    { database, table },
  );
  return found.map(({ id }) => id);
};
