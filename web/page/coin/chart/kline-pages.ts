import type { KlinesAnswer } from '@tickfolio/api/klines';
import { canonical } from '@tickfolio/lib/money';
import { isoOf } from '../../text/times.js';
import type { Candle } from './plot/candle.js';

/** The exchange's own candles, as far as they were read. */
export interface KnownKlines {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  /** Where reading goes on: the opening time of the first one that may still change. */
  readonly nextMs: number;
  readonly simulated: boolean;
  /** Another one for what does not follow what was known before. */
  readonly begunAtMs: number;
}

/** Of one answer. */
export const pageRows = 500;
/** From so many on all of it is read anew, so that a page that is open for days does not grow. */
const maxKept = 3_000;

type AskPage = (query: string) => Promise<Pick<KlinesAnswer, 'klines' | 'simulated'>>;

export const candlesOf = ({ klines }: Pick<KlinesAnswer, 'klines'>): Candle[] =>
  klines.map(({ openTime, open, high, low, close, volume }) => ({
    atMs: Date.parse(openTime),
    // The exchange writes eight decimals, whatever they are.
    open: canonical(open),
    high: canonical(high),
    low: canonical(low),
    close: canonical(close),
    volume: canonical(volume),
  }));

/** The first one that is not over, or the one after the last. */
const nextOf = ({ klines }: Pick<KlinesAnswer, 'klines'>, stepMs: number, beforeMs = 0): number => {
  const running = klines.find(({ closed }) => !closed);
  if (running) return Date.parse(running.openTime);
  const last = klines.at(-1);
  return last ? Date.parse(last.openTime) + stepMs : beforeMs;
};

/**
 * Reads the latest candles: a page of them, or those that are new or may have changed since they were read before.
 * @param ask with the end of the query
 * @param nowMs tells what is begun anew from what was before
 */
export const readKlines = async (
  ask: AskPage,
  stepMs: number,
  before: KnownKlines | undefined,
  nowMs: number,
): Promise<KnownKlines> => {
  const whole = async (): Promise<KnownKlines> => {
    const page = await ask('');
    return { candles: candlesOf(page), nextMs: nextOf(page, stepMs), simulated: page.simulated, begunAtMs: nowMs };
  };
  if (!before || before.candles.length === 0 || before.candles.length > maxKept) return whole();
  const later = await ask(`&from=${encodeURIComponent(isoOf(before.nextMs))}`);
  // More was missed than one answer has, or prices are of another kind now.
  if (later.klines.length >= pageRows || later.simulated !== before.simulated) return whole();
  // Of a coin that is not traded any more there is nothing new.
  if (later.klines.length === 0) return before;
  return {
    ...before,
    candles: [...before.candles.filter(({ atMs }) => atMs < before.nextMs), ...candlesOf(later)],
    nextMs: nextOf(later, stepMs, before.nextMs),
  };
};

/** Candles of before and of now as one; of a moment that both have the newer answer's counts. */
export const joined = (older: readonly (readonly Candle[])[], newest: readonly Candle[]): readonly Candle[] => {
  if (older.length === 0) return newest;
  const firstMs = newest[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return [...older]
    .reverse()
    .flat()
    .filter(({ atMs }) => atMs < firstMs)
    .concat(newest);
};
