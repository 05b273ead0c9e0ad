import { bigint, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const whole = (name: string) => bigint(name, { mode: 'number' });

/**
 * The tables of who takes events in, which each service has in its own database by a migration of its own:
 * `kit/migrations` has one to copy.
 */
export const inboxTables = () => ({
  /** How far each stream was taken in. */
  inbox: pgTable('inbox', {
    stream: text('stream').primaryKey(),
    source: text('source').notNull(),
    /** Of the source's database when it wrote that version; 0 with a version of 0 where nothing was taken in yet. */
    epoch: integer('epoch').notNull(),
    version: whole('version').notNull(),
  }),
  /** What comes next of the log, to see that messages went by: no event is left out for it. */
  logPositions: pgTable(
    'log_positions',
    {
      topic: text('topic').notNull(),
      partition: integer('partition').notNull(),
      nextOffset: bigint('next_offset', { mode: 'bigint' }).notNull(),
    },
    (table) => [primaryKey({ columns: [table.topic, table.partition] })],
  ),
  /** How far all events of an owner were read from its own table. */
  eventSources: pgTable('event_sources', {
    source: text('source').primaryKey(),
    /** The highest that was seen of it; 0 as long as none was. */
    epoch: integer('epoch').notNull(),
    /** As `ListEvents` counts. */
    afterSeq: whole('after_seq').notNull(),
    /** When it was read to its end for the first time. */
    readAt: instant('read_at'),
    /** It is being read, and is not at its end before this moment; null where it need not be read. */
    readUntil: instant('read_until'),
  }),
  /** Streams of which nothing is taken in, because of one event. */
  parkedStreams: pgTable('parked_streams', {
    stream: text('stream').primaryKey(),
    topic: text('topic').notNull(),
    source: text('source').notNull(),
    epoch: integer('epoch').notNull(),
    version: whole('version').notNull(),
    reason: text('reason').notNull(),
    /** The event itself, where nobody can be asked for it once the log went by. */
    body: text('body'),
    parkedAt: instant('parked_at').notNull(),
    /** Set by an operator: it goes on with that event. */
    releasedAt: instant('released_at'),
  }),
  /** Nothing of them is taken in any more. Kept for as long as the log has messages of them. */
  erasedUsers: pgTable('erased_users', {
    userId: text('user_id').primaryKey(),
    erasedAt: instant('erased_at').notNull(),
  }),
});

export type InboxTables = ReturnType<typeof inboxTables>;
