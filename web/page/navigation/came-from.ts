import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { marketsPlace, type Place, places } from './places.js';

interface CameFrom {
  readonly place: Place;
  /** Its own address, or one below it. */
  readonly to: string;
  /** What stood in its address: what was sought, sorted, filtered. */
  readonly search: object;
}

let last: CameFrom = { place: marketsPlace, to: marketsPlace.to, search: {} };

/** Remembers the place where one is, for the page of an asset that one goes to from there. */
export const useNotedPlace = (): void => {
  const { pathname, search } = useLocation();
  useEffect(() => {
    const place = places.find(({ within, hasAssets }) => hasAssets && within.test(pathname));
    if (place) last = { place, to: pathname, search };
  }, [pathname, search]);
};

/** The place that an asset is looked at from: the one before it, or the markets where its page was opened first. */
export const cameFrom = (): CameFrom => last;
