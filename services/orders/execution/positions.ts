import { formatDecimal } from '@tickfolio/lib/money';
import { referenceAfter } from '../matching/prints.js';
import type { Reference, TapeTrade } from '../rules/order.js';
import type { Position } from '../store/records.js';

/** How far trades were looked at, as it is stored. */
export const positionOf = (known: Reference, throughId: number, simulated: boolean): Position => ({
  lastTradeId: Math.max(known.lastTradeId, throughId),
  watermarkMs: known.watermarkMs,
  lastTradeMs: known.lastTradeMs,
  lastPrice: formatDecimal(known.lastPrice),
  askPrint: formatDecimal(known.askPrint),
  bidPrint: formatDecimal(known.bidPrint),
  simulated,
});

/** Of a tape that begins with the last of some trades. @param lastTradeId everything up to here counts as looked at */
export const beginningWith = (trades: readonly TapeTrade[], lastTradeId: number, simulated: boolean): Position => {
  const known = referenceAfter(undefined, trades, trades.at(-1)?.timeMs ?? 0);
  if (!known) throw new Error('a tape begins with a trade');
  return { ...positionOf(known, lastTradeId, simulated), lastTradeId };
};
