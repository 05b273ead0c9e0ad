import { StreamState, type StreamStatus } from '@tickfolio/gen/market/v1';
import type { NoPrice } from './missing-prices.js';

export type FeedState = 'live' | 'pending' | 'broken' | 'halted' | 'unknown' | 'refused';

/** How a symbol's trades arrive now. */
export interface SymbolFeed {
  readonly state: FeedState;
  /** In words; empty when live. */
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  /** Why there is no price, or no newer one, though the feed works; missing where nothing is known to be wrong. */
  readonly noPrice?: NoPrice;
}

const feedStates: Readonly<Record<number, FeedState>> = {
  [StreamState.STREAM_STATE_PENDING]: 'pending',
  [StreamState.STREAM_STATE_LIVE]: 'live',
  [StreamState.STREAM_STATE_BROKEN]: 'broken',
  [StreamState.STREAM_STATE_HALTED]: 'halted',
  [StreamState.STREAM_STATE_UNKNOWN_SYMBOL]: 'unknown',
  [StreamState.STREAM_STATE_REFUSED]: 'refused',
};

/** @returns undefined for a state that this build does not know */
export const symbolFeedOf = ({ state, detail, sinceMs }: StreamStatus): SymbolFeed | undefined => {
  const known = feedStates[state];
  return known && { state: known, detail, sinceMs };
};
