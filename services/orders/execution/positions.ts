import { formatDecimal } from '@tickfolio/lib/money';
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

/** Of a tape that begins with a trade. @param lastTradeId everything up to here counts as looked at */
export const beginningWith = ({ price, timeMs }: TapeTrade, lastTradeId: number, simulated: boolean): Position => {
  const text = formatDecimal(price);
  const prints = { lastPrice: text, askPrint: text, bidPrint: text };
  return { lastTradeId, watermarkMs: timeMs, lastTradeMs: timeMs, ...prints, simulated };
};
