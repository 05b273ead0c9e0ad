import { randomUUID } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import { createLease } from '@tickfolio/lib/outbox';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import { and, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import { startFillSamples } from '../fill-audits/samples.js';
import type { TradeHistory } from '../market/socket-client.js';
import type { TapeClient } from '../market/tape-client.js';
import type { ExecutionGiven, StartExecution } from '../orders/execution.js';
import { orderOutbox, orders } from '../schema.js';
import { createCatchUp } from './catch-up.js';
import { type Follower, startFollower } from './follower.js';
import { createLastPrices } from './last-prices.js';
import { defaultExecutionLimits, type ExecutionLimits } from './limits.js';
import { createTradesBefore } from './trades-before.js';

export interface ExecutionDeps {
  readonly client: TapeClient;
  /** What was traded while nobody followed. */
  readonly history: TradeHistory;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly limits?: Partial<ExecutionLimits>;
}

const venue = 'binance';
/** Whose tape is whose, among the leases of this database. */
const leaseOf = (symbol: string): string => `tape ${venue} ${symbol}`;
const { relayLease } = orderOutbox;

/** Symbols of open orders that no other replica follows. */
const orphansOf = async ({ db, time }: ExecutionGiven, holder: string, maxSymbols: number) => {
  const isTheirs = and(
    eq(relayLease.name, sql`${leaseOf('')}::text || ${orders.symbol}`),
    ne(relayLease.holder, holder),
    gt(relayLease.until, time()),
  );
  const rows = await db
    .selectDistinct({ symbol: orders.symbol })
    .from(orders)
    .leftJoin(relayLease, isTheirs)
    .where(
      and(
        inArray(orders.status, ['NEW', 'PARTIALLY_FILLED']),
        eq(orders.mode, 'paper'),
        eq(orders.venue, venue),
        isNull(relayLease.name),
      ),
    )
    .limit(maxSymbols);
  return rows.map(({ symbol }) => symbol);
};

/** Fills orders by the trades of the exchange, each symbol by one replica at a time. */
export const createExecution =
  ({ client, history, random, limits: given = {} }: ExecutionDeps): StartExecution =>
  (service) => {
    const { store, db, time, wake, jammed, symbols, fees, clock, log, metrics } = service;
    const limits: ExecutionLimits = { ...defaultExecutionLimits, ...given };
    const holder = randomUUID();
    const followers = new Map<string, Follower>();
    const leases = new Map<string, ReturnType<typeof createLease>>();
    const prices = createLastPrices({ client, symbols, clock, random });
    const samples = startFillSamples({ db, time, clock, log, metrics, history, symbols });
    const stuck = (orderId: string, words: string) => {
      jammed();
      log.error({ orderId, words }, 'what trades did to an order could not be written; somebody has to look at it');
    };
    let isClosed = false;
    const missed = metrics.counter({
      name: 'tape_beginnings_without_past_total',
      help: 'Tapes that began without the trades of before, which could not be had',
    });
    metrics.gauge({
      name: 'tapes_followed',
      help: 'Symbols whose trades are followed here',
      collect() {
        this.set(followers.size);
      },
    });

    const followerOf = (symbol: string): Follower => {
      const known = followers.get(symbol);
      if (known) return known;
      if (isClosed || followers.size >= limits.maxSymbols)
        throw new AppError('unavailable', 'No more symbols are followed here at the moment.', { retryAfterMs: 5_000 });
      const lease = createLease({ db, tables: orderOutbox, clock, time }, { name: leaseOf(symbol), holder });
      const follower = startFollower(
        {
          ...{ store, lease, wake, stuck, fees, venue, client, clock, log, random },
          tape: { venue, symbol },
          before: createTradesBefore({ history, clock, symbol, log, missed: () => missed.inc() }),
          catchUp: createCatchUp({ history, clock, log, symbol }),
          priceOf: prices.of,
          meanMinutes: () => symbols.rules(symbol)?.averagePriceMinutes ?? 0,
        },
        limits,
      );
      leases.set(symbol, lease);
      followers.set(symbol, follower);
      return follower;
    };
    const leave = async (symbol: string, follower: Follower): Promise<void> => {
      await follower.close();
      if (followers.get(symbol) === follower) followers.delete(symbol);
      await leases.get(symbol)?.release();
      leases.delete(symbol);
    };
    const sweep = async () => {
      try {
        for (const symbol of await orphansOf(service, holder, limits.maxSymbols)) {
          if (isClosed || (followers.size >= limits.maxSymbols && !followers.has(symbol))) return;
          followerOf(symbol);
        }
        for (const [symbol, follower] of [...followers]) if (follower.isIdle()) await leave(symbol, follower);
      } catch (err) {
        log.warn({ err: fromPostgresError(err) }, 'it could not be looked for open orders that nobody fills');
      }
    };
    let sweeping: Promise<void> | undefined;
    const sweepOnce = () => {
      if (isClosed) return;
      sweeping ??= inBackground(sweep).finally(() => {
        sweeping = undefined;
      });
    };
    const timer = clock.every(limits.sweepMs, sweepOnce);
    sweepOnce();

    return {
      reference: (symbol, proven) => followerOf(symbol).reference(proven),
      problem: () => {
        for (const [symbol, { problem }] of followers)
          if (problem !== undefined) return `the trades of ${symbol} cannot be had: ${problem}`;
        return undefined;
      },
      close: async () => {
        isClosed = true;
        timer.cancel();
        await sweeping;
        await Promise.allSettled([...followers].map(([symbol, follower]) => leave(symbol, follower)));
        await samples.close();
        await prices.close();
      },
    };
  };
