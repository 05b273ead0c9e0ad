import type { DayStats } from '../bars/bar-history.js';
import { amountText, fixed8 } from '../market/fixed-point.js';
import type { Listing } from '../market/price-source.js';
import { type TimeUnit, timeText } from '../market/trade.js';

/** Request weight of `ticker/24hr` for so many symbols. */
export const dayTickerWeight = (symbols: number, all: boolean): number =>
  all || symbols > 100 ? 80 : symbols > 20 ? 40 : 2;

/** One object of `GET /api/v3/ticker/24hr`; undefined while the symbol never traded. */
export const dayTickerText = (
  listing: Listing,
  type: 'FULL' | 'MINI',
  nowMs: number,
  unit: TimeUnit,
): string | undefined => {
  const day = listing.bars.day(nowMs);
  const last = listing.trades.latest(1)[0];
  if (!day || !last) return undefined;
  const { spec } = listing;
  const price = (ticks: number) => `"${amountText(ticks, spec.priceDecimals)}"`;
  const full = type === 'MINI' ? '' : changeText(spec.priceDecimals, day);
  const book =
    type === 'MINI'
      ? ''
      : `"lastQty":"${amountText(last.lots, spec.quantityDecimals)}","bidPrice":${price(Math.max(1, day.close - 1))},"bidQty":"${amountText(last.lots, spec.quantityDecimals)}","askPrice":${price(day.close + 1)},"askQty":"${amountText(last.lots, spec.quantityDecimals)}",`;
  return (
    `{"symbol":"${spec.symbol}",${full}"lastPrice":${price(day.close)},${book}"openPrice":${price(day.open)},"highPrice":${price(day.high)},"lowPrice":${price(day.low)},` +
    `"volume":"${amountText(day.volume, spec.quantityDecimals)}","quoteVolume":"${fixed8(day.quote, spec.quantityDecimals + spec.priceDecimals)}",` +
    `"openTime":${timeText(nowMs - 86_400_000, unit)},"closeTime":${timeText(nowMs, unit)},` +
    `"firstId":${day.count === 0 ? -1 : last.lastId - day.count + 1},"lastId":${day.count === 0 ? -1 : last.lastId},"count":${day.count}}`
  );
};

const changeText = (priceDecimals: number, day: DayStats): string => {
  const change = day.close - day.open;
  // Three decimals of a percentage, in whole thousandths.
  const thousandths = day.open === 0 ? 0 : Number((BigInt(change) * 100_000n) / BigInt(day.open));
  const percent = fixed8(thousandths, 3).slice(0, -5);
  // quote / volume is in 10^-priceDecimals already; scaled up to 8 decimals before the division so that none are lost.
  const average = day.volume === 0n ? 0n : (day.quote * 10n ** BigInt(8 - Math.min(8, priceDecimals))) / day.volume;
  return `"priceChange":"${amountText(change, priceDecimals)}","priceChangePercent":"${percent}","weightedAvgPrice":"${amountText(average, Math.max(8, priceDecimals))}","prevClosePrice":"${amountText(day.open, priceDecimals)}",`;
};
