import type { AggTrade, Kline } from '@tickfolio/gen/market/v1';
import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { parseDecimal } from '@tickfolio/lib/money';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { TradeHistory } from '../market/socket-client.js';
import { isWindowed, mayMeet } from './meeting.js';
import type { TapeRun } from './tape-run.js';
import { firstFrom, type Place } from './trade-search.js';

export interface CatchUpDeps {
  readonly history: TradeHistory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly symbol: string;
}

/** What the aggregator says of a place from which it cannot go on. */
export interface TooFarBack {
  readonly beginsAfterId: number;
  readonly newestId: number;
  readonly newestMs: number;
}

const pageLimit = 1_000;
const minuteMs = 60_000;
const maxMinutesAPage = 1_000;
/** The longest pause where the exchange's weight is spent, within which a lease holds, and how often one is made. */
const maxPauseMs = 8_000;
const maxPauses = 2_000;

const minuteOf = (ms: number): number => ms - (ms % minuteMs);

/** Undefined where it says something else. */
export const tooFarBackOf = (thrown: unknown): TooFarBack | undefined => {
  if (!(thrown instanceof AppError) || !thrown.fields.some(({ reason }) => reason === 'too-far-back')) return undefined;
  const { beginsAfterId, newestId, newestMs } = thrown.facts;
  return { beginsAfterId: Number(beginsAfterId), newestId: Number(newestId), newestMs: Number(newestMs) };
};

const partOf = (trades: readonly AggTrade[]): TapePart => ({
  ...{ trades: [...trades], voidIds: [], watermarkMs: 0, renumbered: false },
  ...{ hole: undefined, heartbeatMs: undefined, simulated: undefined },
});

/**
 * Goes on over more trades than the aggregator tells: the trades of minutes in which an open order could be met are
 * looked at, the rest is passed over by what the candles say of it. What was done is stored as it goes, so that it goes
 * on from there where it is cut.
 */
export const createCatchUp = ({ history, clock, log, symbol }: CatchUpDeps) => {
  /** Only what nobody else needs of the exchange's weight is taken, however long that lasts. */
  const patiently = async <T>(run: TapeRun, ask: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (let left = maxPauses; ; left--)
      try {
        return await ask();
      } catch (thrown) {
        const isSpent = thrown instanceof AppError && thrown.code === 'resource_exhausted';
        if (!isSpent || left === 0 || signal.aborted) throw thrown;
        await sleep(clock, Math.min(maxPauseMs, thrown.retryAfterMs ?? maxPauseMs), signal);
        await run.store();
      }
  };
  const minutesOf = async (
    run: TapeRun,
    fromMs: number,
    toMs: number,
    signal: AbortSignal,
  ): Promise<readonly Kline[]> => {
    const all: Kline[] = [];
    for (let startMs = minuteOf(fromMs); startMs <= toMs; startMs += maxMinutesAPage * minuteMs) {
      const endMs = Math.min(toMs, startMs + (maxMinutesAPage - 1) * minuteMs);
      all.push(...(await patiently(run, () => history.minutes(symbol, startMs, endMs, signal), signal)));
    }
    return all;
  };

  return async (run: TapeRun, far: TooFarBack, signal: AbortSignal): Promise<void> => {
    const began = run.position;
    if (!began) return;
    // Between the oldest that is told and the newest, so that it is still told when this is done.
    const targetId = Math.ceil((far.beginsAfterId + far.newestId) / 2);
    const page = (fromId: number) => patiently(run, () => history.trades(symbol, fromId, pageLimit, signal), signal);
    const target = (await page(targetId))[0];
    if (!target) throw new AppError('unavailable', "The exchange's history does not have all trades yet.");
    log.info({ symbol, trades: targetId - began.lastTradeId }, 'trades of before are looked up for open orders');
    for (const row of run.orders.filter(isWindowed)) await run.expireWindow(row);

    const minutes = await minutesOf(run, began.lastTradeMs, target.tradeTimeMs, signal);
    const until: Place = { id: target.id, ms: target.tradeTimeMs };
    /** The last candle that was passed over, to be said once something of later is looked at. */
    let passed: Kline | undefined;
    const pass = async (throughId: number) => {
      if (passed) await run.passMinutes(throughId, { ms: passed.closeTimeMs, price: parseDecimal(passed.close) });
      passed = undefined;
    };
    /** The trades of a minute, one page after the other. */
    let leftOver: readonly AggTrade[] = [];
    const look = async ({ openTimeMs, closeTimeMs }: Kline) => {
      const { lastTradeId, lastTradeMs } = run.position ?? began;
      const after = { id: lastTradeId, ms: lastTradeMs };
      let rows = leftOver;
      if (passed) rows = await firstFrom(page, minutes, openTimeMs, after, until);
      else if (rows.length === 0) rows = await page(lastTradeId + 1);
      leftOver = [];
      const [first] = rows;
      if (first) await pass(first.id - 1);
      while (rows.length > 0 && !signal.aborted) {
        const inside = rows.filter(({ id, tradeTimeMs }) => tradeTimeMs <= closeTimeMs && id <= target.id);
        await run.take(partOf(inside));
        await run.store();
        leftOver = rows.slice(inside.length);
        if (leftOver.length > 0) return;
        rows = await page((inside.at(-1)?.id ?? 0) + 1);
      }
    };
    for (const minute of minutes) {
      if (signal.aborted) return;
      if (mayMeet(run.orders, minute)) await look(minute);
      else passed = minute;
    }
    await run.passMinutes(target.id, { ms: target.tradeTimeMs, price: parseDecimal(target.price) });
  };
};

export type CatchUp = ReturnType<typeof createCatchUp>;
