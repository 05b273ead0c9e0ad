import type { Decimal } from '@tickfolio/lib/money';

export type Side = 'BUY' | 'SELL';
export const orderTypes = [
  'LIMIT',
  'MARKET',
  'LIMIT_MAKER',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;
export type OrderType = (typeof orderTypes)[number];
export const timesInForce = ['GTC', 'IOC', 'FOK'] as const;
export type TimeInForce = (typeof timesInForce)[number];
export const openStatuses = ['PENDING', 'NEW', 'PARTIALLY_FILLED'] as const;
export const endedStatuses = ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'] as const;

/** What was asked for, read and made normal. */
export interface OrderPlan {
  /** Lower case. */
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Of those that have a limit; GTC where none was said. */
  readonly timeInForce?: TimeInForce;
  /** Of the base asset; absent where `quoteQuantity` is said. */
  readonly quantity?: Decimal;
  /** How much of the quote asset is spent or received; of MARKET only. */
  readonly quoteQuantity?: Decimal;
  readonly price?: Decimal;
  readonly stopPrice?: Decimal;
  readonly icebergQuantity?: Decimal;
}

/** What the exchange asks of orders of a symbol. A bound that is absent does not bind. */
export interface SymbolRules {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** TRADING, HALT, BREAK … as the exchange writes it. */
  readonly status: string;
  /** Not traded now, but expected to be again. */
  readonly paused: boolean;
  /** Absent where nobody said so: then every type is allowed. */
  readonly orderTypes?: readonly string[];
  readonly tickSize?: Decimal;
  readonly minPrice?: Decimal;
  readonly maxPrice?: Decimal;
  readonly stepSize?: Decimal;
  readonly minQuantity?: Decimal;
  readonly maxQuantity?: Decimal;
  readonly marketStepSize?: Decimal;
  readonly marketMinQuantity?: Decimal;
  readonly marketMaxQuantity?: Decimal;
  readonly minNotional?: Decimal;
  readonly maxNotional?: Decimal;
  /** Whether the least and the most that an order is worth are asked of those at the market too. */
  readonly applyNotionalToMarket: boolean;
  readonly applyMaxNotionalToMarket: boolean;
  /** Whose mean price percent-price stands on; 0 for the last price. */
  readonly averagePriceMinutes: number;
  /** Factors of that price, by side. */
  readonly percentPrice?: {
    readonly [side in Side]: { readonly up?: Decimal; readonly down?: Decimal };
  };
  readonly icebergParts?: number;
  readonly maxOpenOrders?: number;
  readonly maxPosition?: Decimal;
}

/** An exact ratio of two amounts, such as a mean: the second is above 0. */
export interface Fraction {
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

/** What is known of the tape of a symbol at one moment: of the trades up to one of them. */
export interface Reference {
  readonly lastPrice: Decimal;
  /** Of the last trade in which a buyer took; the last price where there was none yet. */
  readonly askPrint: Decimal;
  /** The same for a seller. */
  readonly bidPrint: Decimal;
  /** Quote by base that were traded in the seconds of the last minutes, as far as they are known. */
  readonly meanPrice?: Fraction;
  /** Every trade before this exchange time was delivered. */
  readonly watermarkMs: number;
  readonly lastTradeId: number;
  readonly lastTradeMs: number;
}

/** Rates of a venue, as fractions. */
export interface FeeSchedule {
  readonly maker: Decimal;
  readonly taker: Decimal;
  /** What fees may be paid in instead, at this factor of them. */
  readonly discountAsset?: string;
  readonly discount?: Decimal;
}

/** An amount of an asset. */
export interface AssetAmount {
  readonly asset: string;
  readonly amount: Decimal;
}

/** A trade of the tape. */
export interface TapeTrade {
  readonly id: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly timeMs: number;
  /** The seller took. */
  readonly buyerIsMaker: boolean;
}

/** An order as matching sees it: what it is and how far it has come, all of which is stored. */
export interface MatchedOrder {
  readonly id: string;
  readonly plan: OrderPlan;
  /** By which it is ordered behind others of its portfolio at one price: the lower the older. */
  readonly age: number;
  /** Only later trades count. */
  readonly acceptedAfterTrade: number;
  /** A: exchange time from which windows count. */
  readonly acceptedAtMs: number;
  /** Fills never go beyond it. */
  readonly protection?: Decimal;
  /** In which quantities may be filled; absent: in any of 8 decimals. */
  readonly stepSize?: Decimal;
  /** False for a stop that was not triggered yet. */
  readonly working: boolean;
  /** It acts as MARKET or LIMIT from the next trade on. */
  readonly triggeredAfterTrade?: number;
  readonly filledQuantity: Decimal;
  readonly filledQuote: Decimal;
  /** What matching itself remembers between two trades, JSON; absent at first. Nobody else looks into it. */
  readonly memory?: unknown;
}
