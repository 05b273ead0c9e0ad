import { fileURLToPath } from 'node:url';
import { type OutboxTables, outboxTables } from '@tickfolio/lib/outbox';
import { inboxTables as createInboxTables, type InboxTables, openErasuresTable } from '@tickfolio/lib/outbox/inbox';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  index,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export { balanceVersions, holdings, portfolios, viewedPortfolios } from './holdings/tables.js';

/** Where this service's migrations lie, as the source tree and the compiled package both have them. */
export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../migrations' : './migrations', import.meta.url),
);

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** One row per account that ever used its portfolio. The id and the name are the auth service's. */
export const profiles = pgTable('profiles', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
  /** Counts the changes of its coins; a trigger raises it, while these are kept here. */
  version: bigint('version', { mode: 'number' }).notNull().default(0),
  /** Its coins began to move to the portfolio service, and nobody changes them here. */
  adoptingAt: moment('adopting_at'),
  /** They are kept there. */
  adoptedAt: moment('adopted_at'),
  /** The version as they began to move; what that service counts is added to it. */
  versionBase: bigint('version_base', { mode: 'number' }),
  /** Of the newest change that was heard of from there. */
  asOf: moment('as_of'),
});

/** One row, from the first time that a portfolio service was there on: whoever comes later has nothing to hand over. */
export const adoption = pgTable('adoption', {
  one: boolean('one').primaryKey().default(true),
  begunAt: moment('begun_at').notNull(),
  /** Coins that were numbered here have lower numbers. */
  highestId: bigint('highest_id', { mode: 'number' }).notNull(),
  /** The portfolio service has heard of it. */
  openedAt: moment('opened_at'),
});

/**
 * What users hold; of those who are adopted, what was heard of it last. A row whose quantity is 0 is about to be removed
 * and counts as not held. The quote asset is kept with the coin, so that it can be valued while the exchange's symbol
 * list cannot be had.
 */
export const coins = pgTable(
  'coins',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    userId: text('user_id')
      .notNull()
      .references(() => profiles.id, { onDelete: 'cascade' }),
    /** Lower case. */
    symbol: text('symbol').notNull(),
    /** Lower case. */
    quoteAsset: text('quote_asset').notNull(),
    quantity: numeric('quantity', { precision: 38, scale: 18 }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
    /** The portfolio's version as the quantity was written last; a trigger sets it, while it is kept here. */
    version: bigint('version', { mode: 'number' }).notNull().default(0),
  },
  (table) => [
    uniqueIndex('coins_user_id_symbol').on(table.userId, table.symbol),
    index('coins_symbol').on(table.symbol, table.quoteAsset),
    check('coins_quantity_not_negative', sql`${table.quantity} >= 0`),
  ],
);

/** What was changed while coins were kept here, for some days: a repeated request finds its answer here, and an undo what it reverses. */
export const portfolioChanges = pgTable('portfolio_changes', {
  id: uuid('id').primaryKey().defaultRandom(),
  userId: text('user_id').notNull(),
  madeAt: moment('made_at').notNull().defaultNow(),
  /** As the client sent it; null where it sent none. */
  idempotencyKey: text('idempotency_key'),
  /** What the key stands for; another request may not come under it. */
  request: text('request').notNull(),
  symbol: text('symbol').notNull(),
  quoteAsset: text('quote_asset').notNull(),
  /** What was added; negative where it was taken away. */
  delta: numeric('delta', { precision: 38, scale: 18 }).notNull(),
  /** What was held afterwards. */
  quantity: numeric('quantity', { precision: 38, scale: 18 }).notNull(),
  coinId: bigint('coin_id', { mode: 'number' }).notNull(),
  coinCreatedAt: moment('coin_created_at').notNull(),
  version: bigint('version', { mode: 'number' }).notNull(),
  /** The change that this one reversed. */
  undoes: uuid('undoes'),
});

/** Whether the prices behind it were simulated; values of the two kinds never stand in one line. */
const simulated = boolean('simulated').notNull();

/** Coins without any price, which the value leaves out, and coins at a price that stands still; null for none. */
const lacks = () => ({ missing: text('missing').array(), old: text('old').array() });

/** What a portfolio was worth at the start of a minute; a partition for every day (UTC). */
export const valueMinutes = pgTable(
  'value_minutes',
  {
    userId: text('user_id').notNull(),
    simulated,
    minute: moment('minute').notNull(),
    value: numeric('value').notNull(),
    ...lacks(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.simulated, table.minute] })],
);

/** The first value of an hour, and its moment, kept for longer; a partition for every month (UTC). */
export const valueHours = pgTable(
  'value_hours',
  {
    userId: text('user_id').notNull(),
    simulated,
    hour: moment('hour').notNull(),
    at: moment('at').notNull(),
    value: numeric('value').notNull(),
    ...lacks(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.simulated, table.hour] })],
);

/** Minutes whose values somebody records or has recorded; `doneAt` is null of a round that came to no end. */
export const valueRounds = pgTable(
  'value_rounds',
  { simulated, minute: moment('minute').notNull(), doneAt: moment('done_at') },
  (table) => [primaryKey({ columns: [table.simulated, table.minute] })],
);

/** The first price that was known of a symbol on a day (UTC), in its quote asset. */
export const dayOpens = pgTable(
  'day_opens',
  {
    day: date('day', { mode: 'string' }).notNull(),
    symbol: text('symbol').notNull(),
    price: numeric('price').notNull(),
    simulated,
    recordedAt: moment('recorded_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.day, table.simulated, table.symbol] })],
);

/** The last price of every symbol that was held, in its quote asset. */
export const lastPrices = pgTable(
  'last_prices',
  {
    symbol: text('symbol').notNull(),
    simulated,
    price: numeric('price').notNull(),
    tradeTime: moment('trade_time').notNull(),
    tradeId: bigint('trade_id', { mode: 'number' }).notNull(),
    receivedAt: moment('received_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.simulated, table.symbol] })],
);

/** What symbols are priced in that the exchange lists, or listed at any time. */
export const listedSymbols = pgTable(
  'listed_symbols',
  {
    /** Lower case. */
    symbol: text('symbol').notNull(),
    simulated,
    /** Lower case. */
    quoteAsset: text('quote_asset').notNull(),
  },
  (table) => [primaryKey({ columns: [table.simulated, table.symbol] })],
);

/** Symbols that somebody looks at without holding them, and until when they are followed for that. */
export const symbolLeases = pgTable(
  'symbol_leases',
  {
    userId: text('user_id').notNull(),
    /** Lower case. */
    symbol: text('symbol').notNull(),
    /** Lower case. */
    quoteAsset: text('quote_asset').notNull(),
    /** By the database's time. */
    until: moment('until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.symbol] }), index('symbol_leases_until').on(table.until)],
);

/** What the gateway has heard of others. */
export const inboxTables: InboxTables = createInboxTables();
/** Users whose account was deleted in the last 30 days. */
export const { erasedUsers } = inboxTables;

/** Those of whom something may still be left here. */
export const openErasures = openErasuresTable('open_erasures');

/** What the gateway tells others; whose lease is that of all work that one replica does at a time. */
export const profileEvents: OutboxTables = outboxTables('profile_events');

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** Files of the page's builds that are served now, or were a day ago. */
export const pageAssets = pgTable('page_assets', {
  name: text('name').primaryKey(),
  bytes: bytea('bytes').notNull(),
  /** When a replica of their build last said that it serves them. */
  seenAt: moment('seen_at').notNull(),
});
