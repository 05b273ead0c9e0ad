import type { FeedWord } from './aggregator-client.js';

/**
 * Why a price is missing, or is not of now; `live` where it is. These are the words of `PriceState` in frames:
 * - `waiting`: none came yet, and nothing is known to be wrong
 * - `old`: nobody has traded for longer than a price counts as fresh
 * - `halted`: the exchange lists the symbol and does not trade it now
 * - `delisted`: the exchange does not list it any more, or has ended its trading
 * - `never-traded`: the exchange's history has no trade of it
 * - `unreadable`: its newest trade could not be read
 * - `feed-down`: prices cannot arrive: the exchange, a service or the price bus is away
 */
export type PriceState =
  | 'live'
  | 'waiting'
  | 'old'
  | 'halted'
  | 'delisted'
  | 'never-traded'
  | 'unreadable'
  | 'feed-down';

/** How the exchange's list has a symbol: paused may trade again, gone will not. */
export type Standing = 'trading' | 'paused' | 'gone';

export interface PriceStateInput {
  /** The aggregator's word about the symbol's feed; undefined where it has none, which counts as working. */
  readonly feed: FeedWord | undefined;
  /** No feed can be heard at all. */
  readonly isDown: boolean;
  /** Undefined while no list is known. */
  readonly standing: Standing | undefined;
  readonly hasPrice: boolean;
  readonly isOld: boolean;
}

const brokenStates: ReadonlySet<string> = new Set(['broken', 'halted', 'unknown', 'refused']);

export const priceStateOf = ({ feed, isDown, standing, hasPrice, isOld }: PriceStateInput): PriceState => {
  const isBroken = isDown || (feed !== undefined && brokenStates.has(feed.state));
  if (hasPrice && !isOld && !isBroken) return 'live'; // Whatever the list says: a trade is its better.
  if (standing === 'gone' || feed?.state === 'unknown') return 'delisted';
  if (!hasPrice && feed?.noPrice) return feed.noPrice;
  if (standing === 'paused' || feed?.state === 'halted') return 'halted';
  if (isBroken) return 'feed-down';
  if (!hasPrice) return 'waiting';
  return feed?.noPrice === 'unreadable' ? 'unreadable' : 'old';
};

/**
 * Whether a coin is valued at a price that only stands still: nothing newer can come as things are. An old one is what
 * the market says.
 */
export const isStandstill = (state: PriceState): boolean =>
  state === 'halted' || state === 'delisted' || state === 'unreadable' || state === 'feed-down';
