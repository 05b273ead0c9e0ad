import { type OutboxTables, outboxTables } from '@tickfolio/lib/outbox';
import { bigint, boolean, customType, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The tables of `auth_db`; indexes and checks stand in migrations/. */
export const accounts = pgTable('accounts', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull(),
  /** What names are compared by; null where another account has the same, from before there were keys. */
  nameKey: text('name_key'),
  passwordHash: text('password_hash').notNull(),
  /** Names the request that made it; null where that had no name. */
  registrationKey: text('registration_key'),
  createdAt: instant('created_at').notNull().defaultNow(),
  passwordChangedAt: instant('password_changed_at'),
});

export const sessions = pgTable('sessions', {
  id: uuid('id').primaryKey().defaultRandom(),
  /** Null for one that ended with its account. */
  userId: uuid('user_id'),
  createdAt: instant('created_at').notNull(),
  /** No refresh token of the session lives longer. */
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
  revokedBecause: text('revoked_because', {
    enum: ['logout', 'reuse', 'everywhere', 'ended', 'password', 'recovery', 'too-many', 'deleted'],
  }),
  /** Of what all its tokens begin with; null until a build that knows of it used one. */
  familyHash: text('family_hash'),
  /** What signed in, in words, and from which network. The next four are null for a session of a build before. */
  device: text('device'),
  network: text('network'),
  /** When it was opened or renewed. */
  lastUsedAt: instant('last_used_at'),
  /** When its user last gave the password or a passkey. */
  authenticatedAt: instant('authenticated_at'),
});

export const refreshTokens = pgTable('refresh_tokens', {
  tokenHash: text('token_hash').primaryKey(),
  sessionId: uuid('session_id').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  /** When a successor was used, or one of those beside it; set by the database with the other's `usedAt`. */
  supersededAt: instant('superseded_at'),
  familyHash: text('family_hash'),
});

export const recoveryCodes = pgTable('recovery_codes', {
  codeHash: text('code_hash').primaryKey(),
  userId: uuid('user_id').notNull(),
  createdAt: instant('created_at').notNull(),
  usedAt: instant('used_at'),
});

export const totpSecrets = pgTable('totp_secrets', {
  userId: uuid('user_id').primaryKey(),
  /** By lib/sealed. */
  sealed: text('sealed').notNull(),
  /** The session that may confirm it. */
  begunBy: uuid('begun_by').notNull(),
  createdAt: instant('created_at').notNull(),
  /** Null until it counts. */
  confirmedAt: instant('confirmed_at'),
  /** Of the last code that was taken, in steps of 30 s since 1970. */
  lastStep: bigint('last_step', { mode: 'number' }),
});

const bytea = customType<{ data: Uint8Array<ArrayBuffer> }>({ dataType: () => 'bytea' });

export const passkeys = pgTable('passkeys', {
  id: uuid('id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  name: text('name').notNull(),
  credentialId: text('credential_id').notNull(),
  publicKey: bytea('public_key').notNull(),
  /** How often it was used, as it says itself; 0 always for those that do not count. */
  counter: bigint('counter', { mode: 'number' }).notNull(),
  /** By which ways a browser reaches it, separated by commas. */
  transports: text('transports').notNull(),
  /** The host name it is bound to. */
  relyingParty: text('relying_party').notNull(),
  backedUp: boolean('backed_up').notNull(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at'),
});

export const tickets = pgTable('tickets', {
  ticketHash: text('ticket_hash').primaryKey(),
  kind: text('kind', { enum: ['second-factor', 'passkey'] }).notNull(),
  userId: uuid('user_id').notNull(),
  tries: integer('tries').notNull().default(0),
  expiresAt: instant('expires_at').notNull(),
});

export const userEvents: OutboxTables = outboxTables('user_events');

/** How many events of each user there are, 0 where nobody has been told of the account. Locked last but the log's head. */
export const userStreams = pgTable('user_streams', {
  userId: uuid('user_id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
});

/** Accounts that were deleted in the last 30 days. */
export const deletions = pgTable('deletions', {
  userId: uuid('user_id').primaryKey(),
  linkHash: text('link_hash').notNull(),
  deletedAt: instant('deleted_at').notNull(),
});

/** Who holds something of them; `doneAt` is null until it is erased. */
export const erasures = pgTable(
  'erasures',
  {
    userId: uuid('user_id').notNull(),
    service: text('service').notNull(),
    doneAt: instant('done_at'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.service] })],
);
