import type * as wire from '@tickfolio/gen/orders/v1';
import { matchRulesText, usualMatchRules } from '../matching/match-rules.js';
import { amountText } from '../store/order-view.js';
import type { FillRow, OrderRow } from '../store/records.js';

const amountOrNone = (amount: string | null): string => (amount === null ? '' : amountText(amount));

const provenFill = (fill: FillRow): wire.ProvenFill[] => {
  const { tradeId, tradePrice, tradeQuantity, takenBefore, buyerIsMaker } = fill;
  if (tradeId === null) return [];
  return [
    {
      tradeId,
      price: amountText(fill.price),
      quantity: amountText(fill.quantity),
      tradePrice: amountOrNone(tradePrice),
      tradeQuantity: amountOrNone(tradeQuantity),
      takenBefore: amountOrNone(takenBefore),
      buyerIsMaker: buyerIsMaker ?? false,
      tradedAtMs: fill.tradedAt.getTime(),
    },
  ];
};

/** By which public trades an order was filled; whoever asks the exchange for them can look. */
export const provenOf = (order: OrderRow, fills: readonly FillRow[]): wire.ProofResponse => {
  const from = (order.acceptedAfterTrade ?? -1) + 1;
  const hasNumbers = order.mode === 'paper' && order.acceptedAfterTrade !== null;
  return {
    model: hasNumbers ? 'tape' : 'none',
    rules: matchRulesText(usualMatchRules),
    acceptedAfterTrade: order.acceptedAfterTrade ?? undefined,
    endedAfterTrade: order.endedAfterTrade ?? undefined,
    fills: fills.flatMap(provenFill),
    verify: hasNumbers ? `GET /api/v3/aggTrades?symbol=${order.symbol.toUpperCase()}&fromId=${from}` : '',
  };
};
