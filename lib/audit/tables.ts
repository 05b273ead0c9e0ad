import { bigint, boolean, customType, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** What an entry says beside its fixed words. */
export type Detail = Readonly<Record<string, string | number | boolean>>;

/** Of each service that writes one, in a migration of its own; a trigger there lets nobody change a row. */
export const auditLog = pgTable('audit_log', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  at: timestamp('at', { withTimezone: true }).notNull(),
  actorKind: text('actor_kind', { enum: ['user', 'system'] }).notNull(),
  actorId: text('actor_id').notNull(),
  action: text('action').notNull(),
  subjectKind: text('subject_kind').notNull(),
  subjectId: text('subject_id').notNull(),
  outcome: text('outcome', { enum: ['ok', 'refused'] }).notNull(),
  requestId: text('request_id').notNull(),
  /** Null, as its salt, once it was erased. */
  detail: jsonb('detail').$type<Detail>(),
  salt: bytea('salt'),
  commitment: bytea('commitment').notNull(),
  prev: bytea('prev').notNull(),
  hash: bytea('hash').notNull(),
});

/** One row: where the chain ends, and after which row it begins, since what is too old goes. */
export const auditLogHead = pgTable('audit_log_head', {
  one: boolean('one').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: bytea('hash').notNull(),
  baseSeq: bigint('base_seq', { mode: 'number' }).notNull(),
  baseHash: bytea('base_hash').notNull(),
});

/** Who a person is in the log, until that is erased. */
export const auditPseudonyms = pgTable('audit_pseudonyms', {
  userId: uuid('user_id').primaryKey(),
  pseudonym: uuid('pseudonym').notNull(),
});
