import type { Coin } from '../portfolio/portfolios.js';

/** So much of an asset, by the market that values it. */
export type CoinHeld = Pick<Coin, 'symbol' | 'quoteAsset' | 'quantity' | 'version'>;

/** So much of what is no coin: USDT and other money. */
export interface CashHeld {
  /** Upper case. */
  readonly asset: string;
  /** Canonical decimal text. */
  readonly quantity: string;
  readonly version: number;
}

/** What a frame shows, at one moment. */
export interface ShownPortfolio {
  /** Counts the changes, and never falls; 0 before the first. */
  readonly version: number;
  /** Another one after every change, also where the version is the same. Default: the version. */
  readonly mark?: number;
  readonly coins: readonly CoinHeld[];
  /** Missing or empty where there is none. */
  readonly cash?: readonly CashHeld[];
  /** Of another than the default one, or `all`; then the frame says whose it is. */
  readonly portfolioId?: string;
  readonly baseCurrency?: string;
  /** Of paper money: whether it lives at made-up prices, beside which real ones never stand. */
  readonly simulated?: boolean;
  /** There is no such portfolio any more. */
  readonly isLost?: boolean;
}
