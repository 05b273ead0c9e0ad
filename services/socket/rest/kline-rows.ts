import type { Kline, KlineGap } from '@tickfolio/gen/market/v1';
import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { type KlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import { amountKind, compare, marketBounds, readAmount } from '@tickfolio/lib/money';

/** What was asked for. */
export interface KlinesAsked {
  /** Lower case. */
  readonly symbol: string;
  readonly interval: KlineInterval;
  /** Of opening times, epoch milliseconds, both included; undefined: the latest, and until now. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  /** Rows at most. */
  readonly limit: number;
}

/** A kline of which nobody has said yet whether it is over. */
export type KlineRow = Omit<Kline, 'closed'>;

export interface KlineRows {
  /** Oldest first, on the grid, each once. */
  readonly klines: readonly KlineRow[];
  /** What is missing between two of them. */
  readonly gaps: readonly KlineGap[];
  /** Why rows could not be used, one for each, in words of a small fixed set. */
  readonly faults: readonly string[];
}

const refuse = (what: string, cause?: unknown) =>
  new AppError('unavailable', `The exchange sent klines that cannot be right: ${what}.`, { cause });
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A row is `[opens, open, high, low, close, volume, closes, quote volume, trades, taker volume, taker quote volume, …]`. */
const faultOf = (row: readonly unknown[], openMs: number, stepMs: number): string | undefined => {
  const [, open, high, low, close, volume, closeMs, quote, trades, taker, takerQuote] = row;
  if (openMs % stepMs !== 0) return 'a kline off the grid of its interval';
  if (closeMs !== openMs + stepMs - 1) return "a kline that ends at another time than its interval's";
  const prices = [open, high, low, close];
  const sums = [volume, quote, taker, takerQuote];
  const isReadable =
    prices.every((text) => amountKind(text) === 'positive') &&
    sums.every((text) => ['positive', 'zero'].includes(amountKind(text, marketBounds)));
  if (!isReadable || !isCount(trades)) return 'a kline whose figures cannot be read';
  const [top, bottom] = [readAmount(String(high)), readAmount(String(low))];
  const isInside = prices.every((text) => {
    const price = readAmount(String(text));
    return compare(price, top) <= 0 && compare(price, bottom) >= 0;
  });
  return isInside ? undefined : 'a kline whose prices lie outside of its range';
};

const klineOf = (row: readonly unknown[], openMs: number): KlineRow => {
  const text = (at: number) => String(row[at]);
  return {
    openTimeMs: openMs,
    closeTimeMs: Number(row[6]),
    open: text(1),
    high: text(2),
    low: text(3),
    close: text(4),
    volume: text(5),
    quoteVolume: text(7),
    trades: Number(row[8]),
    takerBuyVolume: text(9),
    takerBuyQuoteVolume: text(10),
  };
};

const gapsBetween = (klines: readonly KlineRow[], stepMs: number): KlineGap[] =>
  klines.flatMap(({ openTimeMs }, at) => {
    const before = klines[at - 1]?.openTimeMs ?? openTimeMs - stepMs;
    return openTimeMs - before > stepMs ? [{ fromMs: before + stepMs, toMs: openTimeMs - stepMs }] : [];
  });

const rowsMax = 1_000;

/**
 * A row that cannot be used costs itself: it is missing, as what the exchange does not have. A page that is out of
 * order, says two things of one time or tells of times that were not asked for costs all of it: nobody knows which of
 * it to believe. @throws AppError unavailable for that, and for what is no page
 */
export const readKlines = (body: unknown, { interval, startMs, endMs, limit }: KlinesAsked): KlineRows => {
  const stepMs = klineIntervals[interval];
  const read = z.array(z.array(z.unknown()).min(1)).max(rowsMax).safeParse(body);
  if (!read.success) throw refuse('they are no list of rows', read.error);
  if (read.data.length > limit) throw refuse('there are more than were asked for');
  const klines: KlineRow[] = [];
  const faults: string[] = [];
  let before: { readonly openMs: number; readonly text: string } | undefined;
  for (const row of read.data) {
    const [openMs] = row;
    if (!isCount(openMs)) throw refuse('one has no time');
    const text = JSON.stringify(row);
    if (before && openMs < before.openMs) throw refuse('they are not in order');
    if (before?.openMs === openMs) {
      if (before.text !== text) throw refuse('two of them are of one time and differ');
      faults.push('a kline that came twice');
      continue;
    }
    if (openMs < (startMs ?? 0) || openMs > (endMs ?? openMs))
      throw refuse('they are of another time than was asked for');
    before = { openMs, text };
    const fault = faultOf(row, openMs, stepMs);
    if (fault === undefined) klines.push(klineOf(row, openMs));
    else faults.push(fault);
  }
  if (klines.length === 0 && faults.length > 0) throw refuse(faults[0] ?? 'none can be read');
  return { klines, gaps: gapsBetween(klines, stepMs), faults };
};
