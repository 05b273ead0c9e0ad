import { isKlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import { type Bar, emptyBar, mergeBar } from '../bars/bar.js';
import { amountText, fixed8 } from '../market/fixed-point.js';
import type { Listing } from '../market/price-source.js';
import { type TimeUnit, timeText } from '../market/trade.js';
import { badInterval } from './api-error.js';
import { type PlantedRow, type PlantedSeries, plantedText } from './planted-klines.js';

export interface KlineRequest {
  readonly interval: string;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly limit: number;
}

/**
 * Bars of the kept past: seconds out of the kept trades, everything else as far back as it reaches. A period without a
 * trade is a flat bar at the last close.
 * @throws ApiError for an interval that is not served.
 */
const klinesOf = (
  listing: Listing,
  request: KlineRequest,
  nowMs: number,
  planted?: PlantedSeries,
): readonly KlineRow[] => {
  if (!isKlineInterval(request.interval)) throw badInterval();
  const stepMs = klineIntervals[request.interval];
  const seconds = request.interval === '1s';
  const oldest = listing.trades.from(0, 1)[0];
  if (!oldest) return [];
  const align = (timeMs: number) => Math.floor(timeMs / stepMs) * stepMs;
  // What is older than the kept past is left out, as the exchange leaves out what came before a listing.
  const floorMs = seconds ? align(oldest.timeMs) : listing.bars.oldestMs(nowMs, stepMs);
  const endMs = Math.min(request.endMs ?? nowMs, nowMs);
  const fromMs = Math.max(
    Math.min(floorMs, planted?.firstMs ?? floorMs),
    request.startMs === undefined
      ? align(endMs) - (request.limit - 1) * stepMs
      : Math.ceil(request.startMs / stepMs) * stepMs,
  );
  const untilMs = Math.min(align(endMs), fromMs + (request.limit - 1) * stepMs);
  const made = madeBetween(listing, Math.max(fromMs, floorMs), untilMs, stepMs, floorMs);
  if (!planted) return made;
  // A page goes on past what a file lacks, as the exchange's does: it is full of rows, not of periods.
  return [
    ...made.filter(({ openMs }) => openMs < planted.firstMs || openMs > planted.lastMs),
    ...planted.between(fromMs, align(endMs)),
  ]
    .sort((one, other) => openOf(one) - openOf(other))
    .slice(0, request.limit);
};

/** Made up or traded here, or of a file. */
type KlineRow = Bar | PlantedRow;
const isPlanted = (row: KlineRow): row is PlantedRow => Array.isArray(row);
const openOf = (row: KlineRow): number => (isPlanted(row) ? row[0] : row.openMs);

const madeBetween = (
  listing: Listing,
  fromMs: number,
  untilMs: number,
  stepMs: number,
  floorMs: number,
): readonly Bar[] => {
  if (stepMs === 1_000) return filled(secondsBetween(listing, fromMs, untilMs));
  const bars = barsBetween(listing, fromMs, untilMs, stepMs);
  const before = typeof bars[0] === 'number' ? lastBefore(listing, fromMs, stepMs, floorMs) : undefined;
  return filled(bars, before);
};

/** Sums trades up by second; undefined stands for a second without any. */
const secondsBetween = (listing: Listing, fromMs: number, untilMs: number): readonly (Bar | number)[] => {
  const bars = new Map<number, Bar>();
  for (const trade of listing.trades.between(fromMs, untilMs + 999, Number.MAX_SAFE_INTEGER)) {
    const openMs = Math.floor(trade.timeMs / 1_000) * 1_000;
    const bar = bars.get(openMs) ?? emptyBar(openMs, trade.ticks);
    const volume = BigInt(trade.lots);
    const quote = volume * BigInt(trade.ticks);
    const bought = !trade.buyerIsMaker;
    const { ticks } = trade;
    const count = trade.lastId - trade.firstId + 1;
    mergeBar(bar, {
      open: ticks,
      high: ticks,
      low: ticks,
      close: ticks,
      count,
      volume,
      quote,
      takerVolume: bought ? volume : 0n,
      takerQuote: bought ? quote : 0n,
    });
    bars.set(openMs, bar);
  }
  return steps(fromMs, untilMs, 1_000).map((openMs) => bars.get(openMs) ?? openMs);
};

const barsBetween = (listing: Listing, fromMs: number, untilMs: number, stepMs: number): readonly (Bar | number)[] =>
  steps(fromMs, untilMs, stepMs).map((openMs) => listing.bars.bar(openMs, stepMs) ?? openMs);

/** What the periods without a trade at the beginning stand at; looked for as far back as the longest page. */
const lastBefore = (listing: Listing, fromMs: number, stepMs: number, floorMs: number): Bar | undefined => {
  for (let openMs = fromMs - stepMs; openMs >= Math.max(floorMs, fromMs - 1_000 * stepMs); openMs -= stepMs) {
    const bar = listing.bars.bar(openMs, stepMs);
    if (bar) return bar;
  }
  return undefined;
};

const steps = (fromMs: number, untilMs: number, stepMs: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor((untilMs - fromMs) / stepMs) + 1) }, (_, i) => fromMs + i * stepMs);

/** Replaces periods without a trade (given by their start) by flat bars; those before the first trade are left out. */
const filled = (bars: readonly (Bar | number)[], before?: Bar): readonly Bar[] => {
  const out: Bar[] = [];
  for (const bar of bars) {
    const last = out.at(-1) ?? before;
    if (typeof bar !== 'number') out.push(bar);
    else if (last) out.push(emptyBar(bar, last.close));
  }
  return out;
};

const barsText = (listing: Listing, stepMs: number, unit: TimeUnit): ((bar: Bar) => string) => {
  const { priceDecimals, quantityDecimals } = listing.spec;
  const price = (ticks: number) => `"${amountText(ticks, priceDecimals)}"`;
  const quantity = (lots: bigint) => `"${amountText(lots, quantityDecimals)}"`;
  const quote = (value: bigint) => `"${fixed8(value, priceDecimals + quantityDecimals)}"`;
  return (bar) => {
    const closeTime = unit === 'ms' ? bar.openMs + stepMs - 1 : `${bar.openMs + stepMs - 1}999`;
    const prices = [bar.open, bar.high, bar.low, bar.close].map(price).join(',');
    return `[${timeText(bar.openMs, unit)},${prices},${quantity(bar.volume)},${closeTime},${quote(bar.quote)},${bar.count},${quantity(bar.takerVolume)},${quote(bar.takerQuote)},"0"]`;
  };
};

/** Body of `GET /api/v3/klines`. @throws ApiError for an interval that is not served. */
export const klinesText = (
  listing: Listing,
  request: KlineRequest,
  nowMs: number,
  unit: TimeUnit,
  planted?: PlantedSeries,
): string => {
  const rows = klinesOf(listing, request, nowMs, planted);
  const stepMs = isKlineInterval(request.interval) ? klineIntervals[request.interval] : 0;
  const textOf = barsText(listing, stepMs, unit);
  return `[${rows.map((row) => (isPlanted(row) ? plantedText(row, unit) : textOf(row))).join(',')}]`;
};
