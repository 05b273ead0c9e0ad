import type { CandleRange } from '@tickfolio/api/market';
import type { Kline } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { type KlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import { compare, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type Candle, candleRanges } from '../archive/market-archive.js';
import type { Klines } from './klines.js';

/** A candle, and who knew of it. */
export interface SourcedCandle extends Candle {
  readonly source: 'archive' | 'exchange';
}

export interface FilledCandles {
  readonly candles: readonly SourcedCandle[];
  /** Why what the archive lacks is missing, in words; undefined where nothing is for that. */
  readonly lacks: string | undefined;
}

export interface FilledCandlesDeps {
  readonly klines: Klines;
  /** Whether prices are made up now; undefined while nobody knows. */
  readonly isSimulated: () => boolean | undefined;
  /** The one that the archive's times are by. */
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** The longest interval of the exchange that a range's candles are made of. */
const intervalOf: Readonly<Record<CandleRange, KlineInterval>> = {
  '1h': '1m',
  '6h': '1m',
  '24h': '5m',
  '7d': '1h',
  '30d': '4h',
  '1y': '1d',
};

const highest = (a: string, b: string) => (compare(parseDecimal(a), parseDecimal(b)) < 0 ? b : a);
const lowest = (a: string, b: string) => (compare(parseDecimal(a), parseDecimal(b)) > 0 ? b : a);
const plain = (text: string) => formatDecimal(parseDecimal(text));

/** Klines put together; stretches without a trade are left out, as the archive leaves them out. */
const candlesOf = (klines: readonly Kline[], stepMs: number): Map<number, SourcedCandle> => {
  const candles = new Map<number, SourcedCandle>();
  for (const { openTimeMs, trades, ...kline } of klines) {
    if (trades === 0) continue;
    const atMs = Math.floor(openTimeMs / stepMs) * stepMs;
    const [open, high, low, close] = [kline.open, kline.high, kline.low, kline.close].map(plain) as [
      string,
      string,
      string,
      string,
    ];
    const known = candles.get(atMs);
    candles.set(
      atMs,
      known
        ? { ...known, high: highest(known.high, high), low: lowest(known.low, low), close }
        : { atMs, open, high, low, close, source: 'exchange' },
    );
  }
  return candles;
};

/** The archive's candles, and the exchange's where the archive is younger than the range, or has holes. */
export const createFilledCandles = ({ klines, isSimulated, clock, log }: FilledCandlesDeps) => {
  const ask = async (symbol: string, range: CandleRange, fromMs: number) => {
    const interval = intervalOf[range];
    const limit = Math.ceil(candleRanges[range].spanMs / klineIntervals[interval]) + 1;
    const page = await klines.page({ symbol, interval, startMs: fromMs, limit });
    return page.simulated === isSimulated() ? candlesOf(page.klines, candleRanges[range].stepMs) : undefined;
  };
  /** @param beforeAsking throws where the user has asked for too much */
  return async (
    symbol: string,
    range: CandleRange,
    archived: readonly Candle[],
    beforeAsking: () => void,
  ): Promise<FilledCandles> => {
    const { spanMs, stepMs } = candleRanges[range];
    const nowMs = clock.now();
    const fromMs = Math.floor((nowMs - spanMs) / stepMs + 1) * stepMs;
    const known = new Map(archived.map((candle) => [candle.atMs, { ...candle, source: 'archive' as const }]));
    const own = [...known.values()];
    let steps = 0;
    for (let atMs = fromMs; atMs + stepMs <= nowMs; atMs += stepMs) steps += known.has(atMs) ? 0 : 1;
    if (steps === 0) return { candles: own, lacks: undefined };
    try {
      beforeAsking();
      const exchange = await ask(symbol, range, fromMs);
      if (!exchange) return { candles: own, lacks: 'It is not known whether prices are simulated.' };
      // The archive may have begun in the middle of its first candle.
      const whole = new Map<number, SourcedCandle>([
        ...exchange,
        ...own.slice(1).map((one) => [one.atMs, one] as const),
      ]);
      const [first] = own;
      if (first && !whole.has(first.atMs)) whole.set(first.atMs, first);
      return { candles: [...whole.values()].sort((a, b) => a.atMs - b.atMs), lacks: undefined };
    } catch (thrown) {
      const err = toAppError(thrown);
      // The archive's are shown whatever is wrong beside it.
      if (err.code === 'internal') log.error({ err: thrown, symbol, range }, 'the exchange was not asked for candles');
      return { candles: own, lacks: err.message };
    }
  };
};
