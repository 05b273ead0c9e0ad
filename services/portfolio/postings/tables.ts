import {
  bigint,
  boolean,
  customType,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const amount = (name: string) => numeric(name, { precision: 38, scale: 18 });
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** What is held, one row for each asset; in tracking portfolios one for each symbol by which an asset is valued. */
export const balances = pgTable('balances', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  portfolioId: uuid('portfolio_id').notNull(),
  /** Upper case. */
  asset: text('asset').notNull(),
  /** The symbol by which it is valued, lower case; empty for cash. */
  via: text('via').notNull(),
  available: amount('available').notNull(),
  reserved: amount('reserved').notNull(),
  /** Whether the portfolio has one balance an asset. */
  alone: boolean('alone').notNull(),
  /** Of the event that told its last change. */
  version: bigint('version', { mode: 'number' }).notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** From which number on balances are counted here, once those of coins that were counted elsewhere are kept free. */
export const adoption = pgTable('adoption', {
  one: boolean('one').primaryKey(),
  firstId: bigint('first_id', { mode: 'number' }).notNull(),
  begunAt: instant('begun_at').notNull(),
});

/** What was done, once under each id, with the answer that a repeat gets. */
export const postings = pgTable('postings', {
  id: uuid('id').primaryKey(),
  portfolioId: uuid('portfolio_id').notNull(),
  kind: text('kind', {
    enum: ['create', 'change', 'remove', 'undo', 'grant', 'fund', 'transfer', 'reserve', 'settle', 'release', 'adopt'],
  }).notNull(),
  /** What it was done for: the two make the `ref` of its events. */
  refType: text('ref_type').notNull(),
  refId: text('ref_id').notNull(),
  requestHash: bytea('request_hash').notNull(),
  result: jsonb('result').notNull(),
  createdAt: instant('created_at').notNull(),
});

/** Whose an amount is: the user's two, or what it came from or went to. */
export const accounts = ['available', 'reserved', 'market', 'fees', 'outside', 'grant'] as const;

/** Double entry: of each posting and asset they sum to 0. */
export const entries = pgTable(
  'entries',
  {
    postingId: uuid('posting_id').notNull(),
    line: smallint('line').notNull(),
    /** Null, as the version, where it is no user's. */
    portfolioId: uuid('portfolio_id'),
    /** Of the event that told it. */
    version: bigint('version', { mode: 'number' }),
    account: text('account', { enum: accounts }).notNull(),
    asset: text('asset').notNull(),
    via: text('via').notNull(),
    amount: amount('amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.postingId, table.line] })],
);

/** What is kept for an order or an execution, by its id, whatever became of it. */
export const reservations = pgTable('reservations', {
  id: uuid('id').primaryKey(),
  portfolioId: uuid('portfolio_id').notNull(),
  /** What it is for, whose id it has. */
  refType: text('ref_type', { enum: ['order', 'execution'] }).notNull(),
  /** Empty where it was voided before anybody said what of. */
  asset: text('asset').notNull(),
  via: text('via').notNull(),
  amount: amount('amount').notNull(),
  remaining: amount('remaining').notNull(),
  /** What was given back when it was released. */
  released: amount('released').notNull(),
  /** What fills may bring yet, at most; empty and 0 where nobody said. */
  bringsAsset: text('brings_asset').notNull().default(''),
  brings: amount('brings').notNull().default('0'),
  state: text('state', { enum: ['held', 'closed', 'voided', 'refused'] }).notNull(),
  /** Why it was refused, voided or released; empty while it is held. */
  reason: text('reason').notNull(),
  requestHash: bytea('request_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** What is known of assets, from the exchange's list of symbols. */
export const assets = pgTable('assets', {
  asset: text('asset').primaryKey(),
  kind: text('kind', { enum: ['crypto', 'stable', 'fiat'] }).notNull(),
  /** The symbol by which it is valued where nobody says another; empty for cash. */
  defaultVia: text('default_via').notNull(),
  quoteAsset: text('quote_asset'),
  listed: boolean('listed').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const watchlist = pgTable(
  'watchlist',
  {
    userId: text('user_id').notNull(),
    /** Lower case. */
    symbol: text('symbol').notNull(),
    asset: text('asset').notNull(),
    addedAt: instant('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.symbol] })],
);

/** Links by which anybody looks at a portfolio. */
export const shares = pgTable('shares', {
  id: uuid('id').primaryKey(),
  portfolioId: uuid('portfolio_id').notNull(),
  /** The token itself is kept nowhere. */
  tokenHash: bytea('token_hash').notNull(),
  /** Whether amounts are shown besides percents. */
  amounts: boolean('amounts').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
});

/** What the rounds that compare the books with themselves found, a row for each check. */
export const audits = pgTable('audits', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
  scope: text('scope', { enum: ['changed', 'all'] }).notNull(),
  beganAt: instant('began_at').notNull(),
  endedAt: instant('ended_at').notNull(),
  checked: bigint('checked', { mode: 'number' }).notNull(),
  missing: bigint('missing', { mode: 'number' }).notNull(),
  duplicate: bigint('duplicate', { mode: 'number' }).notNull(),
  mismatch: bigint('mismatch', { mode: 'number' }).notNull(),
  /** The first of what was found, in words. */
  found: jsonb('found').$type<readonly string[]>().notNull(),
});
