import type { MiniTicker } from '@tickfolio/gen/market/v1';
import type { ExchangeFrame } from '../exchange/frame.js';
import type { StreamHistory } from './missed-trades.js';

/** What stands between us and a stream's data, apart from the data itself. */
export type Link =
  | { readonly kind: 'asking' }
  /** The exchange acknowledged the stream. That is no proof of data. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'down'; readonly detail: string }
  | { readonly kind: 'silent'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'rejected'; readonly detail: string };

/** What the connections tell about the streams they carry. */
export interface StreamEvents extends StreamHistory {
  /**
   * @param source number of the connection; grows with every one ever opened
   * @param overlap another connection delivers the stream too
   */
  frame(frame: ExchangeFrame, receiveTimeMs: number, source: number, overlap: boolean): void;
  /** Of the stream of all symbols, where that is asked for. */
  tickers?(tickers: readonly MiniTicker[], receiveTimeMs: number): void;
  link(name: string, link: Link): void;
  /** False while the stream waits for a missing frame that the other connection may still bring. */
  settled(name: string): boolean;
}
