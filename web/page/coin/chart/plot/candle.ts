import { compare } from '@tickfolio/lib/money';
import { exact } from '../../../text/exact.js';

/** A stretch of time, from `atMs` on; exact decimal texts. */
export interface Candle {
  readonly atMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Of the base asset; undefined where nobody says it. */
  readonly volume?: string | undefined;
}

/** Where candles are drawn: one place for each step, so that equal widths are equal times. */
export interface Slot {
  readonly atMs: number;
  /** Undefined for a stretch without a price. */
  readonly candle: Candle | undefined;
}

/** Some ten pages of the past and a day of seconds' growth; what is older than so many places is left out. */
const maxSlots = 10_000;

/**
 * The places from the oldest candle to the step of `nowMs`, oldest first, whatever the order in which candles came. Of
 * what has no live price they end sooner: days without a trade would leave no candle in sight.
 * @param stepMs from 1
 * @param least so many places there are at least, so that candles are no wider where there are few
 */
export const slotsOf = (
  candles: readonly Candle[],
  stepMs: number,
  nowMs: number,
  least: number,
  isLive: boolean,
): readonly Slot[] => {
  const byTime = new Map(candles.map((candle) => [candle.atMs, candle]));
  const nowStep = Math.floor(nowMs / stepMs) * stepMs;
  const newest = Math.max(...byTime.keys());
  const end = isLive || byTime.size === 0 ? nowStep : Math.min(nowStep, newest + (least - 1) * stepMs);
  // A computer's clock may be behind the server's whose candles these are.
  const last = Math.max(end, newest);
  const first = Math.min(last, ...byTime.keys());
  const count = Math.min(maxSlots, Math.max(least, Math.round((last - first) / stepMs) + 1));
  return Array.from({ length: count }, (_, at) => {
    const atMs = last - (count - 1 - at) * stepMs;
    return { atMs, candle: byTime.get(atMs) };
  });
};

const larger = (a: string, b: string) => (compare(exact(a), exact(b)) >= 0 ? a : b);
const smaller = (a: string, b: string) => (compare(exact(a), exact(b)) <= 0 ? a : b);

/**
 * The candle that is still growing, moved by the live price.
 * @param grown the one before; the same object comes back when nothing changed
 * @param known what the archive has by now of that stretch
 */
export const growCandle = (
  grown: Candle | undefined,
  known: Candle | undefined,
  atMs: number,
  price: string,
): Candle => {
  const seen = [known, grown?.atMs === atMs ? grown : undefined].filter((candle) => candle !== undefined);
  const open = seen[0]?.open ?? price;
  const high = seen.reduce((most, candle) => larger(most, candle.high), price);
  const low = seen.reduce((least, candle) => smaller(least, candle.low), price);
  const volume = known?.volume;
  const isSame =
    grown?.atMs === atMs &&
    grown.open === open &&
    grown.high === high &&
    grown.low === low &&
    grown.close === price &&
    grown.volume === volume;
  return isSame ? grown : { atMs, open, high, low, close: price, volume };
};
