import { type OutboxTables, outboxTables } from '@tickfolio/lib/outbox';
import { type InboxTables, inboxTables, openErasuresTable } from '@tickfolio/lib/outbox/inbox';
import { bigint, boolean, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const counter = (name: string) => bigint(name, { mode: 'number' });

/** Who has portfolios; locked before any of them. */
export const owners = pgTable('owners', {
  userId: text('user_id').primaryKey(),
  /** Of the last event of the stream `watchlist:<user id>`. */
  watchlistVersion: counter('watchlist_version').notNull().default(0),
  createdAt: instant('created_at').notNull(),
});

export const portfolioKinds = ['tracking', 'paper', 'exchange'] as const;
export const costMethods = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE'] as const;

export const portfolios = pgTable('portfolios', {
  id: uuid('id').primaryKey(),
  userId: text('user_id').notNull(),
  name: text('name').notNull(),
  /** By `nameKey`. */
  nameKey: text('name_key').notNull(),
  kind: text('kind', { enum: portfolioKinds }).notNull(),
  baseCurrencyCode: text('base_currency_code').notNull().default('USDT'),
  costMethod: text('cost_method', { enum: costMethods }).notNull().default('FIFO'),
  isDefault: boolean('is_default').notNull().default(false),
  feeAsset: text('fee_asset'),
  /** Of an exchange, where it mirrors one. */
  accountId: text('account_id'),
  /** Whether it lives at made-up prices. */
  simulated: boolean('simulated').notNull().default(false),
  /** Of the last event of the stream `portfolio:<id>`. */
  version: counter('version').notNull(),
  /** Of the last event of the stream `balances:<id>`. */
  balanceVersion: counter('balance_version').notNull().default(0),
  createdAt: instant('created_at').notNull(),
  archivedAt: instant('archived_at'),
  /** While only some is here of what its user had elsewhere. */
  adopting: boolean('adopting').notNull().default(false),
});

/** What was asked for under a key, and the answer. */
export const requests = pgTable(
  'requests',
  {
    userId: text('user_id').notNull(),
    key: text('key').notNull(),
    /** The same for the same request only. */
    request: text('request').notNull(),
    result: jsonb('result').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
);

export const portfolioEvents: OutboxTables = outboxTables('portfolio_events');

export const inboxOf: InboxTables = inboxTables();

/** Deleted users of whom something lies here still. */
export const erasingUsers = openErasuresTable('erasing_users');
