import { type Bar, emptyBar, mergeBar } from '../bars/bar-history.js';
import { amountText, fixed8 } from '../market/fixed-point.js';
import type { Listing } from '../market/price-source.js';
import { type TimeUnit, timeText } from '../market/trade.js';
import { badInterval } from './api-error.js';

const intervals: Readonly<Record<string, number>> = {
  '1s': 1_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
};

export interface KlineRequest {
  readonly interval: string;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly limit: number;
}

/**
 * Bars of the kept past: seconds out of the kept trades, everything else out of the minutes of the last day. A period
 * without a trade is a flat bar at the last close.
 * @throws ApiError for an interval that is not served.
 */
export const klinesOf = (listing: Listing, request: KlineRequest, nowMs: number): readonly Bar[] => {
  const stepMs = intervals[request.interval];
  if (stepMs === undefined) throw badInterval();
  const seconds = request.interval === '1s';
  const oldest = listing.trades.from(0, 1)[0];
  if (!oldest) return [];
  const align = (timeMs: number) => Math.floor(timeMs / stepMs) * stepMs;
  // What is older than the kept past is left out, as the exchange leaves out what came before a listing.
  const floorMs = align(seconds ? oldest.timeMs : listing.bars.oldestMs(nowMs));
  const endMs = Math.min(request.endMs ?? nowMs, nowMs);
  const fromMs = Math.max(
    floorMs,
    request.startMs === undefined
      ? align(endMs) - (request.limit - 1) * stepMs
      : Math.ceil(request.startMs / stepMs) * stepMs,
  );
  const untilMs = Math.min(align(endMs), fromMs + (request.limit - 1) * stepMs);
  return filled(seconds ? secondsBetween(listing, fromMs, untilMs) : minutesBetween(listing, fromMs, untilMs, stepMs));
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

const minutesBetween = (listing: Listing, fromMs: number, untilMs: number, stepMs: number): readonly (Bar | number)[] =>
  steps(fromMs, untilMs, stepMs).map((openMs) => {
    const bar = emptyBar(openMs, 0);
    for (const minuteMs of steps(openMs, openMs + stepMs - 60_000, 60_000)) {
      const minute = listing.bars.minute(minuteMs);
      if (minute) mergeBar(bar, minute);
    }
    return bar.count > 0 ? bar : openMs;
  });

const steps = (fromMs: number, untilMs: number, stepMs: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor((untilMs - fromMs) / stepMs) + 1) }, (_, i) => fromMs + i * stepMs);

/** Replaces periods without a trade (given by their start) by flat bars; those before the first trade are left out. */
const filled = (bars: readonly (Bar | number)[]): readonly Bar[] => {
  const out: Bar[] = [];
  for (const bar of bars) {
    const last = out.at(-1);
    if (typeof bar !== 'number') out.push(bar);
    else if (last) out.push(emptyBar(bar, last.close));
  }
  return out;
};

/** Body of `GET /api/v3/klines`. */
export const klinesText = (listing: Listing, bars: readonly Bar[], interval: string, unit: TimeUnit): string => {
  const { priceDecimals, quantityDecimals } = listing.spec;
  const price = (ticks: number) => `"${amountText(ticks, priceDecimals)}"`;
  const quantity = (lots: bigint) => `"${amountText(lots, quantityDecimals)}"`;
  const quote = (value: bigint) => `"${fixed8(value, priceDecimals + quantityDecimals)}"`;
  const stepMs = intervals[interval] ?? 0;
  const rows = bars.map((bar) => {
    const closeTime = unit === 'ms' ? bar.openMs + stepMs - 1 : `${bar.openMs + stepMs - 1}999`;
    const prices = [bar.open, bar.high, bar.low, bar.close].map(price).join(',');
    return `[${timeText(bar.openMs, unit)},${prices},${quantity(bar.volume)},${closeTime},${quote(bar.quote)},${bar.count},${quantity(bar.takerVolume)},${quote(bar.takerQuote)},"0"]`;
  });
  return `[${rows.join(',')}]`;
};
