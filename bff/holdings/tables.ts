import { bigint, boolean, index, numeric, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const counter = (name: string) => bigint(name, { mode: 'number' });
const amount = (name: string) => numeric(name, { precision: 38, scale: 18 });

/** Portfolios, as their service tells of them. */
export const portfolios = pgTable(
  'portfolios',
  {
    id: uuid('id').primaryKey(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    baseCurrencyCode: text('base_currency_code').notNull(),
    isDefault: boolean('is_default').notNull(),
    /** Whether it lives at made-up prices. */
    simulated: boolean('simulated').notNull(),
    /** Of its stream of data, as it was written last; 0 while it is not told of again after a restore. */
    version: counter('version').notNull(),
    archivedAt: moment('archived_at'),
  },
  (table) => [index('portfolios_user_id').on(table.userId)],
);

/**
 * What is in them, as their service tells. Topics have no order between them, so a row may be here before its portfolio
 * is. Of the default one of what is owned only the cash is here: its coins are `coins`.
 */
export const holdings = pgTable(
  'holdings',
  {
    portfolioId: uuid('portfolio_id').notNull(),
    /** Upper case. */
    asset: text('asset').notNull(),
    /** The symbol by which it is valued, lower case; empty for cash. */
    via: text('via').notNull(),
    userId: text('user_id').notNull(),
    available: amount('available').notNull(),
    reserved: amount('reserved').notNull(),
    /** Of the balances' stream, as it was changed last. */
    version: counter('version').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.portfolioId, table.asset, table.via] }),
    index('holdings_user_id').on(table.userId),
  ],
);

/** Up to which event the balances of a portfolio were taken in. What clients see is `base` + `version`. */
export const balanceVersions = pgTable(
  'balance_versions',
  {
    portfolioId: uuid('portfolio_id').primaryKey(),
    userId: text('user_id').notNull(),
    /** What was told before a restore from a backup, so that no number falls. */
    base: counter('base').notNull().default(0),
    version: counter('version').notNull(),
  },
  (table) => [index('balance_versions_user_id').on(table.userId)],
);

/** Portfolios besides the default one that somebody has on a socket, and until when their symbols are followed for that. */
export const viewedPortfolios = pgTable(
  'viewed_portfolios',
  {
    userId: text('user_id').notNull(),
    /** Or `all`. */
    portfolioId: text('portfolio_id').notNull(),
    /** By the database's time. */
    until: moment('until').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.portfolioId] }),
    index('viewed_portfolios_until').on(table.until),
  ],
);
