import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

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
});

export const sessions = pgTable('sessions', {
  id: uuid('id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  createdAt: instant('created_at').notNull(),
  /** No refresh token of the session lives longer. */
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
  revokedBecause: text('revoked_because', { enum: ['logout', 'reuse', 'everywhere'] }),
  /** Of what all its tokens begin with; null until a build that knows of it used one. */
  familyHash: text('family_hash'),
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
