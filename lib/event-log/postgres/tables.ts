import { sql } from 'drizzle-orm';
import { bigint, customType, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

const offset = (name: string) => bigint(name, { mode: 'number' });
const instant = (name: string) => timestamp(name, { withTimezone: true });
/** As base64 on its way: PGlite itself takes bytes one by one, which is many times slower. */
const bytes = customType<{ data: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => sql`decode(${value.toString('base64')}, 'base64')`,
});

/** The tables of the log; checks stand in migrations/. */
export const partitions = pgTable(
  'partitions',
  {
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    first: offset('first_offset').notNull().default(0),
    next: offset('next_offset').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.topic, table.partition] })],
);

export const batches = pgTable(
  'batches',
  {
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    first: offset('first_offset').notNull(),
    count: integer('count').notNull(),
    /** Of the body. */
    bytes: integer('bytes').notNull(),
    body: bytes('body').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.topic, table.partition, table.first] })],
);

export const groups = pgTable(
  'groups',
  {
    group: text('group').notNull(),
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    committed: offset('committed').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.group, table.topic, table.partition] })],
);
