import { beginAnew, countFrom, expire, passOver } from '../saga/fills.js';
import type { OrderStep } from '../store/order-store.js';
import type { OrderRow, Position } from '../store/records.js';

/** What becomes of open orders where trades are passed over that nobody can have, or that are none of theirs. */

/** Trades up to an id are passed over by all orders for which they would have counted. */
export const passedOver = (
  orders: readonly OrderRow[],
  gap: { readonly from: number; readonly to: number; readonly basis?: 'klines' },
): readonly OrderStep[] =>
  orders
    .filter(({ acceptedAfterTrade }) => acceptedAfterTrade !== null && acceptedAfterTrade < gap.to)
    .map(({ id: orderId }) => ({ orderId, decide: passOver(gap) }));

/**
 * The tape begins there, not with what is stored.
 * @param storedId the last trade that was looked at; undefined for none @param isAnew whether ids began anew
 */
export const begunAfter = (
  orders: readonly OrderRow[],
  to: Position,
  { storedId = -1, isAnew }: { readonly storedId: number | undefined; readonly isAnew: boolean },
): readonly OrderStep[] =>
  orders.flatMap(({ id: orderId, acceptedAfterTrade }) => {
    const { lastTradeId } = to;
    if (acceptedAfterTrade === null) return [{ orderId, decide: countFrom(to) }];
    if (isAnew || acceptedAfterTrade > lastTradeId)
      return [{ orderId, decide: beginAnew(lastTradeId, { from: storedId + 1, to: lastTradeId }) }];
    return [{ orderId, decide: passOver({ from: acceptedAfterTrade + 1, to: lastTradeId }) }];
  });

/** Its window is over, and what was traded in it is not looked at any more. */
export const windowMissed = ({ id: orderId, type }: OrderRow, lastTradeId: number): OrderStep => {
  const isAtMarket = type === 'MARKET' || type === 'STOP_LOSS' || type === 'TAKE_PROFIT';
  return { orderId, decide: expire(isAtMarket ? 'no-liquidity' : 'time-in-force', lastTradeId) };
};
