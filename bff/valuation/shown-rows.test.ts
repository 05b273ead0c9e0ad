import { expect, it } from 'vitest';
import type { Listing } from '../prices/listing.js';
import { heldListings, type ShownRows } from './shown-rows.js';

it('what is held is looked through once, however often somebody asks what of it is', () => {
  let looked = 0;
  const listings = Array.from({ length: 500 }, (_, at) => ({ symbol: `c${at}usdt` }) as Listing);
  const holdings = listings.map((listing) => ({
    get listing() {
      looked += 1;
      return listing;
    },
  }));
  const rows = { holdings, cash: undefined } as unknown as ShownRows;
  for (const listing of listings) expect(heldListings(rows).has(listing)).toBe(true);
  expect(heldListings(rows).has({ symbol: 'other' } as Listing)).toBe(false);
  expect(heldListings({ holdings: [], cash: undefined }).size).toBe(0);
  expect(looked).toBe(500);
});
