import type { AggTrade } from '@tickfolio/gen/market/v1';
import { tradeFault, tradeFaults } from '@tickfolio/lib/market/agg-trade';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { type Decimal, readAmount } from '@tickfolio/lib/money';

/** One aggregate trade. */
export interface Trade {
  /** Aggregate trade id; consecutive per symbol. */
  readonly id: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Trade time, epoch milliseconds. */
  readonly timeMs: number;
  /** The exchange's own decimal texts of the two, and what else it says, for who wants the trade as it was told. */
  readonly priceText: string;
  readonly quantityText: string;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly buyerIsMaker: boolean;
}

/** What has the place of an aggregate trade and is none: its id is known, and nothing more can be had for it. */
export interface VoidTrade {
  readonly id: number;
  /** In words of a small fixed set. */
  readonly fault: string;
}

/** A row of the exchange's history. */
export type HistoryRow = Trade | VoidTrade;

export const isVoid = (row: HistoryRow): row is VoidTrade => 'fault' in row;

/** What an aggTrade payload of the exchange's stream says. */
export interface AggTradeFrame {
  /** As the exchange writes it, upper case. */
  readonly symbol: string;
  /** When the exchange sent it, epoch milliseconds. */
  readonly eventMs: number;
  readonly trade: Trade;
}

/** An aggTrade payload that cannot be right. */
export interface VoidFrame {
  readonly symbol: string;
  readonly trade: VoidTrade;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads an aggTrade payload (JSON text). @returns the reason, as text, when it is none, or not even its id can be read.
 */
export const parseAggTrade = (payload: string): AggTradeFrame | VoidFrame | string => {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(payload);
  } catch {
    return 'not JSON';
  }
  if (typeof fields !== 'object' || fields === null) return 'not an object';
  const { e, E, s, a, p, q, f, l, T, m } = fields;
  if (e !== 'aggTrade') return 'not an aggTrade';
  if (typeof s !== 'string') return 's is not a text';
  if (!isCount(a)) return 'a is not a whole number';
  const fault = tradeFault(p, q, f, l, m) ?? (isMarketTime(E) && isMarketTime(T) ? undefined : tradeFaults.time);
  if (fault !== undefined) return { symbol: s, trade: { id: a, fault } };
  return {
    symbol: s,
    eventMs: E as number,
    trade: {
      id: a,
      price: readAmount(p as string),
      quantity: readAmount(q as string),
      timeMs: T as number,
      priceText: p as string,
      quantityText: q as string,
      firstTradeId: f as number,
      lastTradeId: l as number,
      buyerIsMaker: m as boolean,
    },
  };
};

/** Reads a trade of the exchange's REST history. @returns undefined where not even its id can be read. */
export const tradeOf = ({
  id,
  price,
  quantity,
  firstTradeId,
  lastTradeId,
  tradeTimeMs,
  buyerIsMaker,
}: AggTrade): HistoryRow | undefined => {
  if (!isCount(id)) return undefined;
  const fault =
    tradeFault(price, quantity, firstTradeId, lastTradeId, buyerIsMaker) ??
    (isMarketTime(tradeTimeMs) ? undefined : tradeFaults.time);
  if (fault !== undefined) return { id, fault };
  return {
    id,
    price: readAmount(price),
    quantity: readAmount(quantity),
    timeMs: tradeTimeMs,
    priceText: price,
    quantityText: quantity,
    firstTradeId,
    lastTradeId,
    buyerIsMaker,
  };
};

/** As it is told to who follows trades. */
export const aggTradeOf = (trade: Trade): AggTrade => ({
  id: trade.id,
  price: trade.priceText,
  quantity: trade.quantityText,
  firstTradeId: trade.firstTradeId,
  lastTradeId: trade.lastTradeId,
  tradeTimeMs: trade.timeMs,
  buyerIsMaker: trade.buyerIsMaker,
});
