import { type OutboxTables, outboxTables } from '@tickfolio/lib/outbox';
import { type InboxTables, inboxTables, openErasuresTable } from '@tickfolio/lib/outbox/inbox';
import {
  bigint,
  boolean,
  customType,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { endedStatuses, openStatuses, orderTypes, timesInForce } from './rules/order.js';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const counter = (name: string) => bigint(name, { mode: 'number' });
const amount = (name: string) => numeric(name, { precision: 38, scale: 18 });
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** An amount in a column of its own kind, as over REST. */
export interface AmountText {
  readonly asset: string;
  readonly quantity: string;
}

export const orders = pgTable('orders', {
  id: uuid('id').primaryKey(),
  /** By which older ones go first at one price. */
  age: bigint('age', { mode: 'number' }).generatedAlwaysAsIdentity(),
  portfolioId: uuid('portfolio_id').notNull(),
  userId: text('user_id').notNull(),
  clientOrderId: text('client_order_id').notNull(),
  /** Lower case. */
  symbol: text('symbol').notNull(),
  /** As the exchange writes them. */
  baseAsset: text('base_asset').notNull(),
  quoteAsset: text('quote_asset').notNull(),
  side: text('side', { enum: ['BUY', 'SELL'] }).notNull(),
  type: text('type', { enum: orderTypes }).notNull(),
  timeInForce: text('time_in_force', { enum: timesInForce }),
  /** Null where a quote quantity was said. */
  quantity: amount('quantity'),
  quoteQuantity: amount('quote_quantity'),
  price: amount('price'),
  stopPrice: amount('stop_price'),
  icebergQuantity: amount('iceberg_quantity'),
  /** Fills never go beyond it. */
  protection: amount('protection'),
  /** In which quantities may be filled, as it was when the order was accepted. */
  stepSize: amount('step_size'),
  status: text('status', { enum: [...openStatuses, ...endedStatuses] }).notNull(),
  /** False of a stop that was not triggered, and of what is not open. */
  working: boolean('working').notNull(),
  filledQuantity: amount('filled_quantity').notNull(),
  filledQuote: amount('filled_quote').notNull(),
  /** What was paid so far, one for each asset. */
  fees: jsonb('fee').$type<readonly AmountText[]>().notNull(),
  /** What fees are paid in where there is enough of it, as the portfolio had it when the order was placed. */
  feeAsset: text('fee_asset'),
  reservationAsset: text('reservation_asset').notNull(),
  reservationAmount: amount('reservation_amount').notNull(),
  /** What it may bring at most, of the other asset; null where nobody knows. */
  brings: amount('brings'),
  /** Position of the tape when it was accepted: only later trades count. Null until then. */
  acceptedAfterTrade: counter('accepted_after_trade'),
  /** How often the exchange had begun its numbers anew by then. */
  epoch: integer('epoch').notNull().default(0),
  /** Exchange time from which its windows count. */
  acceptedAtMs: counter('accepted_at_ms'),
  triggeredAfterTrade: counter('triggered_after_trade'),
  endedAfterTrade: counter('ended_after_trade'),
  /** What matching remembers of it between two trades. */
  matching: jsonb('matching').$type<unknown>(),
  /** Trades that nobody could have. */
  gap: jsonb('gap').$type<{ readonly from: number; readonly to: number; readonly basis?: 'klines' }>(),
  /** A cancel was asked for before its reservation was decided. */
  cancelAsked: boolean('cancel_asked').notNull(),
  /** Why it was refused or ended; a word in kebab-case. */
  reason: text('reason'),
  /** The same in words. */
  detail: text('detail'),
  /** What a refusal says besides, for who asks again. */
  facts: jsonb('facts').$type<Readonly<Record<string, string>>>(),
  /** Of the last event of the stream `order:<id>`. */
  version: counter('version').notNull(),
  /** Whether it lives at made-up prices. */
  simulated: boolean('simulated').notNull(),
  mode: text('mode', { enum: ['paper', 'live'] }).notNull(),
  venue: text('venue').notNull(),
  accountId: text('account_id'),
  executionId: uuid('execution_id'),
  slice: integer('slice'),
  attempt: integer('attempt'),
  requestHash: bytea('request_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  endedAt: instant('ended_at'),
});

/** What a fee may be paid with, in order of preference: the first that can be paid is. */
export interface FeeChoice {
  readonly asset: string;
  readonly amount: string;
}

export const fills = pgTable('fills', {
  /** Derived from order and trade, so that a repeat makes the same. */
  id: uuid('id').primaryKey(),
  orderId: uuid('order_id').notNull(),
  symbol: text('symbol').notNull(),
  venue: text('venue').notNull(),
  accountId: text('account_id'),
  tradeId: counter('trade_id'),
  /** How often the exchange had begun its numbers anew by then. */
  epoch: integer('epoch').notNull().default(0),
  /** Of live ones, as the exchange calls it. */
  exchangeTradeId: text('exchange_trade_id'),
  price: amount('price').notNull(),
  quantity: amount('quantity').notNull(),
  quote: amount('quote').notNull(),
  /** The trade itself, and what others of the portfolio had of it before: for the proof. */
  tradePrice: amount('trade_price'),
  tradeQuantity: amount('trade_quantity'),
  takenBefore: amount('taken_before'),
  buyerIsMaker: boolean('buyer_is_maker'),
  feeChoices: jsonb('fee_choices').$type<readonly FeeChoice[]>().notNull(),
  /** By which schedule the choices were computed, and at which price of the other asset. */
  feeScheduleId: integer('fee_schedule_id'),
  discountPrice: amount('discount_price'),
  /** Null until it is settled. */
  fee: amount('fee'),
  feeAsset: text('fee_asset'),
  maker: boolean('maker').notNull(),
  tradedAt: instant('traded_at').notNull(),
  model: text('model', { enum: ['tape', 'book', 'exchange'] }).notNull(),
  recordedAt: instant('recorded_at').notNull(),
  settledAt: instant('settled_at'),
});

const sagaSteps = ['reserving', 'working', 'settling', 'releasing', 'abandoning', 'done', 'stuck'] as const;
export type SagaStep = (typeof sagaSteps)[number];

/** What is still to be done for an order, or for the reservation of an execution, by its id. */
export const sagas = pgTable('sagas', {
  id: uuid('id').primaryKey(),
  portfolioId: uuid('portfolio_id').notNull(),
  step: text('step', { enum: sagaSteps }).notNull(),
  /** Calls of this step that were made. */
  attempts: integer('attempts').notNull(),
  /** When it is done next; while somebody does it, when another may. */
  nextAt: instant('next_at').notNull(),
  /** How long its reservation has been asked for, by clocks that nobody sets. */
  waitedMs: integer('waited_ms').notNull(),
  lastError: text('last_error'),
  /** Since when it is at this step. */
  stepAt: instant('step_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** How far a tape was looked at, and what was known then. */
export interface Position {
  /** How often the exchange began its numbers anew; absent where that is what it was. */
  readonly epoch?: number;
  readonly lastTradeId: number;
  /** Every trade before this exchange time was looked at. */
  readonly watermarkMs: number;
  readonly lastTradeMs: number;
  /** Decimal text. */
  readonly lastPrice: string;
  readonly askPrint: string;
  readonly bidPrint: string;
  /** Whether these trades are made up. */
  readonly simulated: boolean;
}

/** Of portfolios up to one, by their ids as text, all up to a later position is written. */
export interface Ahead {
  readonly throughPortfolio: string;
  readonly position: Position;
}

/**
 * How far the trades of a symbol were looked at, and what was known then; there from its first order on, empty until a
 * trade is known.
 */
export const tapePositions = pgTable(
  'tape_positions',
  {
    venue: text('venue').notNull(),
    symbol: text('symbol').notNull(),
    /** Raised with each change of what may be filled, so that who matches knows whether it knows all of them. */
    revision: counter('revision').notNull(),
    /** How often the exchange began its numbers anew. */
    epoch: integer('epoch').notNull().default(0),
    lastTradeId: counter('last_trade_id'),
    watermarkMs: counter('watermark_ms'),
    lastTradeMs: counter('last_trade_ms'),
    lastPrice: amount('last_price'),
    askPrint: amount('ask_print'),
    bidPrint: amount('bid_print'),
    /** Whether these trades are made up. */
    simulated: boolean('simulated'),
    /** Portfolios for which it is written further: a trade that does more than one transaction may hold. */
    ahead: jsonb('ahead').$type<Ahead>(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.venue, table.symbol] })],
);

export const feeSchedules = pgTable('fee_schedules', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  venue: text('venue').notNull(),
  /** Fractions. */
  maker: amount('maker').notNull(),
  taker: amount('taker').notNull(),
  discountAsset: text('discount_asset'),
  /** A factor. */
  discount: amount('discount'),
  validFrom: instant('valid_from').notNull(),
});

/** Portfolios of which something does not add up: they take no orders until somebody has looked. */
export const reviews = pgTable('reviews', {
  portfolioId: uuid('portfolio_id').primaryKey(),
  /** What a portfolio refused that it may not. */
  orderId: uuid('order_id').notNull(),
  reason: text('reason').notNull(),
  beganAt: instant('began_at').notNull(),
});

/** Symbols that the exchange trades no more and does not expect to: orders of them end after a day. */
export const brokenSymbols = pgTable('broken_symbols', {
  symbol: text('symbol').primaryKey(),
  since: instant('since').notNull(),
});

/** What the rounds that compare orders with fills and reservations found, a row for each check. */
export const audits = pgTable('audits', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
  scope: text('scope', { enum: ['changed', 'all'] }).notNull(),
  beganAt: instant('began_at').notNull(),
  endedAt: instant('ended_at').notNull(),
  checked: counter('checked').notNull(),
  missing: counter('missing').notNull(),
  duplicate: counter('duplicate').notNull(),
  mismatch: counter('mismatch').notNull(),
  inFlight: counter('in_flight').notNull(),
  /** The first of what was found, in words. */
  found: jsonb('found').$type<readonly string[]>().notNull(),
});

export const orderOutbox: OutboxTables = outboxTables('order_events');

export const inboxOf: InboxTables = inboxTables();

/** Deleted users of whom something lies here still. */
export const erasingUsers = openErasuresTable('erasing_users');
