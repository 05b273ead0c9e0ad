import type { Reference, TapeTrade } from '../rules/order.js';

/**
 * What is known after some more trades, in their order; those of before are passed over. A side that has not printed
 * counts as the first price known.
 */
export const referenceAfter = (
  before: Reference | undefined,
  trades: readonly TapeTrade[],
  watermarkMs: number,
): Reference | undefined => {
  let [ask, bid] = [before?.askPrint, before?.bidPrint];
  let last: TapeTrade | undefined;
  for (const trade of trades) {
    if (trade.id <= (last?.id ?? before?.lastTradeId ?? Number.NEGATIVE_INFINITY)) continue;
    last = trade;
    const { price, buyerIsMaker } = trade;
    if (!buyerIsMaker || ask === undefined) ask = price;
    if (buyerIsMaker || bid === undefined) bid = price;
  }
  if (!last) return before && { ...before, watermarkMs: Math.max(before.watermarkMs, watermarkMs) };
  return {
    lastPrice: last.price,
    askPrint: ask ?? last.price,
    bidPrint: bid ?? last.price,
    watermarkMs: Math.max(before?.watermarkMs ?? 0, watermarkMs),
    lastTradeId: last.id,
    lastTradeMs: last.timeMs,
  };
};
