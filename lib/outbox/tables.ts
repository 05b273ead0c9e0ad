import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What of an event only its own row says; the rest are columns. */
export interface EventBody {
  readonly schema: number;
  readonly userId?: string;
  readonly requestId?: string;
  readonly causedBy?: string;
  readonly traceparent?: string;
  readonly data: unknown;
}

/**
 * The tables of an outbox, which each service has in its own database by a migration of its own.
 * @param eventsName of the table that holds the service's events for good, and is what the relay sends from
 */
export const outboxTables = (eventsName: string) => ({
  events: pgTable(eventsName, {
    /** Drawn after the lock of what the event is about, so it grows with the version within a stream. */
    seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid('id').notNull(),
    topic: text('topic').notNull(),
    /** Decides the partition. */
    key: text('key').notNull(),
    stream: text('stream').notNull(),
    version: bigint('version', { mode: 'number' }).notNull(),
    type: text('type').notNull(),
    body: jsonb('body').$type<EventBody>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** Null until the event log has acknowledged it. */
    sentAt: instant('sent_at'),
  }),
  /** Which replica sends. */
  relayLease: pgTable('relay_lease', {
    name: text('name').primaryKey(),
    holder: text('holder').notNull(),
    until: instant('until').notNull(),
  }),
  /** One row, once a restore from a backup has raised it; see `epochOf`. */
  databaseEpoch: pgTable('database_epoch', { one: boolean('one').primaryKey(), epoch: integer('epoch').notNull() }),
});

export type OutboxTables = ReturnType<typeof outboxTables>;
export type EventRow = OutboxTables['events']['$inferSelect'];
