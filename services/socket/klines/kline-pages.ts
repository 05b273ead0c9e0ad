import type { Kline } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { klineIntervals } from '@tickfolio/lib/market/kline-interval';
import type { KlinesAsked } from '../rest/kline-rows.js';
import type { ExchangeRest, SourcedKlines } from '../rest/rest.js';
import type { WeightLane } from '../rest/weight-budget.js';

export interface KlinePage extends Omit<SourcedKlines, 'klines'> {
  readonly klines: readonly Kline[];
  /** What the exchange's clock shows, epoch milliseconds. */
  readonly serverTimeMs: number;
}

/** Pages of the exchange's klines. @throws AppError as the REST interface does */
export interface KlinePages {
  list(asked: KlinesAsked, lane: WeightLane, signal?: AbortSignal): Promise<KlinePage>;
}

export interface KlinePagesDeps {
  readonly rest: Pick<ExchangeRest, 'klines'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** What the exchange's clock shows; undefined while that is not known. */
  readonly exchangeNowMs: () => number | undefined;
}

/** The exchange's database may lag behind the end of a kline by so much. */
const settledAfterMs = 2_000;
/** A mistake that the exchange mends in its past is seen here after so long. */
const keptForMs = 3_600_000;

/**
 * Whether the exchange would say the same again: all that was asked for is over, and it has something. Nothing may mean
 * that it does not have it yet.
 */
const isFinal = ({ endMs, interval }: KlinesAsked, rows: SourcedKlines, serverTimeMs: number): boolean =>
  rows.klines.length > 0 &&
  rows.faults.length === 0 &&
  endMs !== undefined &&
  endMs + klineIntervals[interval] + settledAfterMs <= serverTimeMs;

/** @param maxKept klines that are kept, of pages in which nothing changes any more */
export const createKlinePages = ({ rest, clock, exchangeNowMs }: KlinePagesDeps, maxKept: number): KlinePages => {
  const kept = new Map<string, { readonly rows: SourcedKlines; readonly atMs: number }>();
  let size = 0;
  const forget = (key: string) => {
    size -= kept.get(key)?.rows.klines.length ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, rows: SourcedKlines) => {
    forget(key);
    kept.set(key, { rows, atMs: clock.monotonic() });
    size += rows.klines.length;
    for (const oldest of kept.keys()) {
      if (size <= maxKept) return;
      forget(oldest);
    }
  };
  /** @param askedMs what the exchange's clock showed before it was asked; undefined where that was not known */
  const read = async (
    asked: KlinesAsked,
    lane: WeightLane,
    askedMs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SourcedKlines> => {
    const key = [asked.symbol, asked.interval, asked.startMs, asked.endMs, asked.limit].join(' ');
    const known = kept.get(key);
    if (known && clock.monotonic() - known.atMs < keptForMs) return known.rows;
    const rows = await rest.klines(asked, lane, signal);
    if (askedMs !== undefined && isFinal(asked, rows, askedMs)) keep(key, rows);
    return rows;
  };
  return {
    list: async (asked, lane, signal) => {
      // By the time of the question: its answer may be long on its way, and says what was when it was given.
      const askedMs = exchangeNowMs();
      const saidAtMs = askedMs ?? clock.now();
      const rows = await read(asked, lane, askedMs, signal);
      return {
        ...rows,
        klines: rows.klines.map((row) => ({ ...row, closed: row.closeTimeMs + settledAfterMs <= saidAtMs })),
        serverTimeMs: Math.round(exchangeNowMs() ?? clock.now()),
      };
    },
  };
};
