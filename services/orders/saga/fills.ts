import { add, canonical, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { v5 as uuid5 } from 'uuid';
import type { FeeChoice } from '../schema.js';
import type { Decide } from '../store/change.js';
import type { Position } from '../store/records.js';
import { isEnded, nextOf, ownPosition, toldFill } from './decisions.js';

/** Of ids that are made of an order and a trade, so that a repeat makes the same. */
const namespace = '8f6f0f0e-54a3-4f0b-9a40-9f7d1b2e6c55';
export const fillId = (orderId: string, tradeId: number, epoch = 0): string =>
  uuid5(epoch === 0 ? `${orderId} ${tradeId}` : `${orderId} ${tradeId} ${epoch}`, namespace);

/** What a trade gave to an order. */
export interface TradeFill {
  readonly tradeId: number;
  /** Decimal text, as all amounts here. */
  readonly price: string;
  readonly quantity: string;
  readonly maker: boolean;
  readonly tradedAtMs: number;
  /** The trade itself, and what others of the portfolio had of it before. */
  readonly trade: {
    readonly price: string;
    readonly quantity: string;
    readonly takenBefore: string;
    readonly buyerIsMaker: boolean;
  };
  /** In order of preference; the last one is in what is received. */
  readonly feeChoices: readonly FeeChoice[];
  readonly feeScheduleId: number;
  readonly discountPrice?: string;
  /** Whether nothing is left to fill. */
  readonly isLast: boolean;
  /** What matching remembers of the order afterwards. */
  readonly memory?: unknown;
}

/** Fills an open order by a trade; of one that ended meanwhile nothing is changed. */
export const fill =
  (by: TradeFill): Decide<void> =>
  ({ order, saga, unsettled, position }) => {
    if (isEnded(order) || order.status === 'PENDING') return { result: undefined };
    const epoch = position?.epoch ?? order.epoch;
    const quote = formatDecimal(multiply(parseDecimal(by.price), parseDecimal(by.quantity)));
    const filledQuantity = formatDecimal(add(parseDecimal(order.filledQuantity), parseDecimal(by.quantity)));
    const filledQuote = formatDecimal(add(parseDecimal(order.filledQuote), parseDecimal(quote)));
    const status = by.isLast ? ('FILLED' as const) : ('PARTIALLY_FILLED' as const);
    const made = {
      id: fillId(order.id, by.tradeId, epoch),
      epoch,
      orderId: order.id,
      symbol: order.symbol,
      venue: order.venue,
      accountId: null,
      tradeId: by.tradeId,
      exchangeTradeId: null,
      price: by.price,
      quantity: by.quantity,
      quote,
      tradePrice: by.trade.price,
      tradeQuantity: by.trade.quantity,
      takenBefore: by.trade.takenBefore,
      buyerIsMaker: by.trade.buyerIsMaker,
      feeChoices: by.feeChoices,
      feeScheduleId: by.feeScheduleId,
      discountPrice: by.discountPrice ?? null,
      maker: by.maker,
      tradedAt: new Date(by.tradedAtMs),
      model: 'tape' as const,
    };
    return {
      order: {
        status,
        filledQuantity,
        filledQuote,
        ...(by.memory === undefined ? {} : { matching: by.memory }),
        ...(by.isLast ? { working: false, endedAfterTrade: by.tradeId } : {}),
      },
      saga: nextOf(saga, by.isLast, unsettled.length + 1),
      fills: [made],
      told: [
        {
          type: by.isLast ? 'order.filled' : 'order.partially_filled',
          more: {
            status,
            filledQuantity: canonical(filledQuantity),
            filledQuote: canonical(filledQuote),
            fill: toldFill(made),
          },
        },
      ],
      result: undefined,
    };
  };

/** Its stop was reached by a trade: from the next on it acts. */
export const trigger =
  (tradeId: number): Decide<void> =>
  ({ order }) =>
    isEnded(order) || order.working
      ? { result: undefined }
      : {
          order: { working: true, triggeredAfterTrade: tradeId },
          told: [{ type: 'order.triggered', more: { tradeId } }],
          result: undefined,
        };

/** Ends by its own terms, or because the symbol went. @param afterTrade the last trade that counted */
export const expire =
  (reason: string, afterTrade?: number): Decide<void> =>
  (state) => {
    const { order, saga, unsettled } = state;
    if (isEnded(order) || order.status === 'PENDING') return { result: undefined };
    return {
      order: {
        status: 'EXPIRED',
        working: false,
        reason,
        endedAfterTrade: afterTrade ?? ownPosition(state)?.lastTradeId ?? null,
      },
      saga: nextOf(saga, true, unsettled.length),
      told: [
        {
          type: 'order.expired',
          more: {
            filledQuantity: canonical(order.filledQuantity),
            filledQuote: canonical(order.filledQuote),
            reason,
          },
        },
      ],
      result: undefined,
    };
  };

/** What matching remembers of an order from one trade to the next, where nothing else became of it. */
export const remember =
  (memory: unknown): Decide<void> =>
  ({ order }) =>
    isEnded(order) ? { result: undefined } : { order: { matching: memory }, result: undefined };

interface Gap {
  readonly from: number;
  readonly to: number;
  /** Candles said that nothing in it concerned the order. */
  readonly basis?: 'klines';
}

/** From the first that was passed over to the last. */
const widened = ({ from, to, basis }: Gap, by: Gap): Gap => {
  const either = basis ?? by.basis;
  return { from: Math.min(from, by.from), to: Math.max(to, by.to), ...(either ? { basis: either } : {}) };
};

/** Trades were passed over that nobody can have, or that candles show to be none of its. */
export const passOver =
  (gap: Gap): Decide<void> =>
  ({ order }) =>
    isEnded(order)
      ? { result: undefined }
      : { order: { gap: order.gap ? widened(order.gap, gap) : gap }, result: undefined };

/** The exchange began its ids anew: trades count from here on, and those of before were passed over. */
export const beginAnew =
  (afterTrade: number, gap: Gap): Decide<void> =>
  ({ order, position }) =>
    isEnded(order)
      ? { result: undefined }
      : {
          order: {
            ...{ acceptedAfterTrade: afterTrade, triggeredAfterTrade: null, gap: order.gap ?? gap },
            epoch: position?.epoch ?? order.epoch,
          },
          result: undefined,
        };

/** Accepted while trades of its kind of prices were not looked at: they count from here on. */
export const countFrom =
  ({ lastTradeId, lastTradeMs, watermarkMs, epoch = 0 }: Position): Decide<void> =>
  ({ order }) =>
    isEnded(order) || order.status === 'PENDING' || order.acceptedAfterTrade !== null
      ? { result: undefined }
      : {
          order: { acceptedAfterTrade: lastTradeId, acceptedAtMs: Math.max(lastTradeMs, watermarkMs), epoch },
          result: undefined,
        };
