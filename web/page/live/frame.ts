/** Why a price is missing, or is not of now. */
export type PriceState = 'waiting' | 'old' | 'halted' | 'delisted' | 'never-traded' | 'unreadable' | 'feed-down';

/** One coin of a frame, as the server sends it. Amounts are exact decimal texts. */
export interface FrameCoin {
  readonly Symbol: string;
  readonly Quantity: string;
  /** The portfolio's version as the quantity was changed last. Missing where the server is older than this page. */
  readonly Version?: number;
  /** In the quote asset; null while there is none. */
  readonly Price: string | null;
  /** In USDT. */
  readonly Total: string | null;
  readonly PriceTime: string | null;
  readonly Stale: boolean;
  /** From when the age of the price counts, by the clock of `AsOf`. Missing where the server is older than this page. */
  readonly PriceReceived?: string | null;
  /** Missing for a price of now. */
  readonly PriceState?: PriceState;
  /** The symbol that the price is converted with, where it is that one's state. */
  readonly PriceStateOf?: string;
  /** Beside a state, upper case: the list of symbols need not have it. Missing where the server is older than this page. */
  readonly BaseAsset?: string;
  readonly QuoteAsset?: string;
}

/** The whole portfolio at one moment. */
export interface Frame {
  readonly UserID: string;
  readonly UserName: string;
  /** Counts the changes of the coins, and never falls. Missing where the server is older than this page. */
  readonly Version?: number;
  readonly TotalValue: string;
  readonly Coins: readonly FrameCoin[];
  readonly AsOf: string;
  readonly Simulated?: boolean;
}

/** A message about the connection itself. */
export interface ConnectionMessage {
  readonly Type: 'token-expiring' | 'token-accepted' | 'error';
}

export const isFrame = (message: unknown): message is Frame =>
  typeof message === 'object' && message !== null && 'TotalValue' in message && Array.isArray((message as Frame).Coins);

export const isConnectionMessage = (message: unknown): message is ConnectionMessage =>
  typeof message === 'object' && message !== null && 'Type' in message;
