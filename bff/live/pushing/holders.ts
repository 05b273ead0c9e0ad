import type { Listing } from '../../prices/listing.js';
import type { PriceFeed } from '../../prices/price-feed.js';

/** Who holds what: the prices of a listing are followed for as long as somebody here holds it. */
export interface Holders<T> {
  /** Resolves when its last known price was read, or could not be; undefined when it was before. */
  add(one: T, listing: Listing): Promise<void> | undefined;
  remove(one: T, listing: Listing): void;
  of(listing: Listing): Iterable<T>;
  /** All that is held by somebody here. */
  listings(): Iterable<Listing>;
}

export const createHolders = <T>(feed: Pick<PriceFeed, 'follow' | 'release'>): Holders<T> => {
  const holders = new Map<Listing, Set<T>>();
  return {
    add: (one, listing) => {
      const others = holders.get(listing);
      if (others) others.add(one);
      else holders.set(listing, new Set([one]));
      return feed.follow(listing);
    },
    remove: (one, listing) => {
      const others = holders.get(listing);
      others?.delete(one);
      if (others?.size === 0) holders.delete(listing);
      feed.release(listing);
    },
    of: (listing) => holders.get(listing) ?? [],
    listings: () => holders.keys(),
  };
};
