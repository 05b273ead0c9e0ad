import type { DecimalText } from './decimal-text.js';

// What the server answers, with the names that it sends. Amounts are exact decimal texts, times ISO 8601 in UTC; fields
// that are added later arrive as well. bodies.test.ts holds all of it against the schemas of api/.

/** Why a price is missing, or is not of now. */
export type PriceState = 'waiting' | 'old' | 'halted' | 'delisted' | 'never-traded' | 'unreadable' | 'feed-down';

export interface FrameCoin {
  readonly Symbol: string;
  readonly Quantity: DecimalText;
  /** The version of the portfolio, as the quantity was changed last. */
  readonly Version: number;
  /** In the quote asset; null while there is none. */
  readonly Price: DecimalText | null;
  /** `Quantity × Price` in USDT; null while there is no price. */
  readonly Total: DecimalText | null;
  readonly PriceTime: string | null;
  /** The price is old, or its feed is broken. */
  readonly Stale: boolean;
  /** From when the age of the price counts, by the clock of `AsOf`. */
  readonly PriceReceived: string | null;
  readonly PriceState?: PriceState;
  /** The symbol of that state, where it is the one that the price is converted with. */
  readonly PriceStateOf?: string;
  readonly BaseAsset?: string;
  readonly QuoteAsset?: string;
}

/** What is held and is no coin: USDT, or other money that a market turns into USDT. */
export interface FrameCash {
  readonly Asset: string;
  readonly Quantity: DecimalText;
  /** The version of the portfolio, as the quantity was changed last. */
  readonly Version: number;
  /** In USDT; null while there is none. */
  readonly Price: DecimalText | null;
  readonly Total: DecimalText | null;
  /** Null for USDT itself. */
  readonly PriceTime: string | null;
  readonly Stale: boolean;
  readonly PriceReceived: string | null;
  readonly PriceState?: PriceState;
  readonly PriceStateOf?: string;
  readonly BaseAsset?: string;
  readonly QuoteAsset?: string;
}

/** The whole portfolio at one moment. */
export interface Frame {
  readonly UserID: string;
  readonly UserName: string;
  /** Of another portfolio than the default one: its id, or `all`. */
  readonly PortfolioID?: string;
  /** In which that is told; the amounts of the frame are in USDT. */
  readonly BaseCurrency?: string;
  /** Counts the changes of the coins, and never falls. */
  readonly Version: number;
  /** The sum of the totals, in USDT. */
  readonly TotalValue: DecimalText;
  readonly Coins: readonly FrameCoin[];
  /** Of the default portfolio only where there is some. */
  readonly Cash?: readonly FrameCash[];
  /** Coins and cash together, in USDT; beside `Cash`. */
  readonly NetWorth?: DecimalText;
  readonly AsOf: string;
  /** True where the prices are not real. */
  readonly Simulated?: boolean;
}

/** What is held of something in a portfolio, after a change. */
export interface Balance {
  readonly Type: 'balance';
  readonly PortfolioID: string;
  /** Counts the changes of the balances of that portfolio, and never falls. */
  readonly Version: number;
  readonly Asset: string;
  /** The symbol that values it; empty for cash. */
  readonly Via: string;
  /** What can be used. */
  readonly Available: DecimalText;
  /** What is kept for orders. */
  readonly Reserved: DecimalText;
  readonly Reason:
    | 'manual'
    | 'adopt'
    | 'import'
    | 'fund'
    | 'transfer'
    | 'fill'
    | 'fee'
    | 'mirror'
    | 'reserve'
    | 'release';
  /** What was done: `<what>:<id>`, the same in all balances that it changed. */
  readonly Ref: string;
}

export type OrderStatus = 'PENDING' | 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';

export interface AssetQuantity {
  readonly asset: string;
  readonly quantity: DecimalText;
}

/** An order, as it is now. */
export interface Order {
  readonly id: string;
  readonly clientOrderId: string;
  readonly portfolioId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly type:
    | 'LIMIT'
    | 'MARKET'
    | 'LIMIT_MAKER'
    | 'STOP_LOSS'
    | 'STOP_LOSS_LIMIT'
    | 'TAKE_PROFIT'
    | 'TAKE_PROFIT_LIMIT';
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | null;
  readonly quantity: DecimalText | null;
  readonly quoteQuantity: DecimalText | null;
  readonly price: DecimalText | null;
  readonly stopPrice: DecimalText | null;
  readonly icebergQuantity: DecimalText | null;
  readonly status: OrderStatus;
  /** Trades are looked at for it. */
  readonly working: boolean;
  /** Of the base asset, before fees. */
  readonly filledQuantity: DecimalText;
  readonly filledQuote: DecimalText;
  /** To show; nothing is computed from it. */
  readonly averagePrice: DecimalText | null;
  readonly fees: readonly AssetQuantity[];
  /** What was kept for it at first. */
  readonly reserved: AssetQuantity;
  /** All its fills are booked. */
  readonly settled: boolean;
  readonly reason: string | null;
  readonly mode: 'paper' | 'live';
  readonly executionId: string | null;
  readonly simulatedPrices: boolean;
  /** Trades that nobody could have; over REST only. */
  readonly gap?: { readonly from: number; readonly to: number; readonly basis?: string };
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An order after something became of it. */
export interface OrderTold {
  readonly Type: 'order';
  /** Counts what became of that order. */
  readonly Version: number;
  readonly Order: Order;
  /** The newest of what filled it since it was told before, or what was booked of it. */
  readonly LastFill: {
    readonly TradeID: number | null;
    readonly Price: DecimalText;
    readonly Quantity: DecimalText;
    /** Null until it is booked. */
    readonly Fee: DecimalText | null;
    readonly FeeAsset: string | null;
    readonly Maker: boolean;
    readonly Time: string;
  } | null;
}

/** A price, and the trade that made it. */
export interface ReceiptPrice {
  readonly price: DecimalText;
  readonly priceTime: string;
  /** An aggregate trade id of the exchange. */
  readonly tradeId: number;
}

export interface ReceiptRow {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly quantity: DecimalText;
  /** In the quote asset; null while there is none. */
  readonly price: ReceiptPrice | null;
  /** What turns the quote asset into USDT; null where that is USDT already. */
  readonly conversion: { readonly symbol: string; readonly price: ReceiptPrice | null } | null;
  /** `quantity × price × conversion`; null while one of them is not known. */
  readonly total: DecimalText | null;
  readonly priceState: PriceState | 'live';
}

/** All that the total of one moment is computed from; who computes it again gets the same digits. */
export interface Receipt {
  readonly asOf: string;
  readonly version: number;
  readonly asset: 'USDT';
  readonly total: DecimalText;
  readonly rows: readonly ReceiptRow[];
  readonly simulated: boolean;
}

export interface Coin {
  readonly ID: number;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly DeletedAt: null;
  readonly Symbol: string;
  readonly Quantity: DecimalText;
  readonly UserID: string;
  readonly Version: number;
}

export interface Profile {
  readonly ID: string;
  readonly Name: string;
  readonly Coins: readonly Coin[];
  readonly Version: number;
  readonly AsOf?: string;
}

/** The coin as it is held after a change. */
export interface ChangedCoin extends Coin {
  /** Names the change, to undo it. */
  readonly ChangeID: string;
}

export interface Removal {
  readonly message: string;
  readonly Symbol: string;
  /** What was held and is not any more. */
  readonly Quantity: DecimalText;
  readonly Version: number;
  readonly ChangeID: string;
}

export type ValueRange = '1h' | '24h' | '7d' | '30d' | '1y' | 'all';

/** What the portfolio was worth in USDT, oldest first; steps without a value are left out. */
export interface ValueHistory {
  readonly Range: ValueRange;
  readonly StepSeconds: number;
  readonly Points: readonly {
    readonly Time: string;
    readonly Value: DecimalText;
    readonly Missing?: readonly string[];
    readonly Old?: readonly string[];
  }[];
}

/** What the exchange lists and can be valued in USDT. */
export interface SymbolList {
  readonly Revision: string;
  readonly Symbols: readonly {
    readonly Symbol: string;
    readonly BaseAsset: string;
    readonly QuoteAsset: string;
    readonly Status: 'trading' | 'paused';
    /** The step of its price, and of quantities in orders; missing where the exchange does not say it. */
    readonly TickSize?: DecimalText;
    readonly StepSize?: DecimalText;
  }[];
}

export interface Candle {
  readonly Time: string;
  readonly Open: DecimalText;
  readonly High: DecimalText;
  readonly Low: DecimalText;
  readonly Close: DecimalText;
}

/** A candle of a chart, and who knew of it. */
export interface SourcedCandle extends Candle {
  readonly Source: 'archive' | 'exchange';
}

export type CandleRange = '1h' | '6h' | '24h' | '7d' | '30d' | '1y';

/**
 * Candles in the quote asset, oldest first: the archive's, and the exchange's where that is younger or has holes.
 * Stretches without a trade are left out.
 */
export interface Candles {
  readonly Symbol: string;
  readonly BaseAsset: string | null;
  readonly QuoteAsset: string | null;
  readonly Status: 'trading' | 'paused' | 'delisted' | null;
  readonly Range: CandleRange;
  readonly StepSeconds: number;
  readonly Candles: readonly SourcedCandle[];
  /** Why stretches that the archive lacks are missing; null where nothing is for that. */
  readonly Lacks: string | null;
  /** Since midnight UTC. */
  readonly Today: Candle | null;
  /** The 24 hours before `Time`. */
  readonly Day: Omit<Candle, 'Close'> | null;
  readonly Volume: { readonly Time: string; readonly Base: DecimalText; readonly Quote: DecimalText } | null;
  readonly Last: { readonly Time: string; readonly Price: DecimalText } | null;
}
