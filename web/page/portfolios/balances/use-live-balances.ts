import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Viewed } from '../../live/views.js';
import { useLive, useOnline, usePace, useParts, useShown } from '../../parts.js';
import { useSymbols } from '../../portfolio/changes/use-symbols.js';
import { useText } from '../../text/language.js';
import type { Portfolio } from '../portfolio-calls.js';
import { reading } from '../use-balances.js';
import { framedBalances } from './framed-balances.js';

/** How often it is read what no frame tells, or what all frames would, while none comes. */
const paceMs = 3_000;

/** Has its frames come for as long as it is shown. @returns undefined where they are not wanted */
const useViewed = (portfolioId: string, isWanted: boolean): Viewed | undefined => {
  const { views } = useParts();
  const { numbers } = useText();
  useEffect(() => (isWanted ? views.open(portfolioId) : undefined), [views, portfolioId, isWanted]);
  const current = useSyncExternalStore(views.subscribe, () => views.current);
  const viewed = current?.portfolioId === portfolioId ? current : undefined;
  useSymbols(viewed?.store);
  useEffect(() => viewed?.store.setStyle(numbers), [viewed, numbers]);
  return viewed;
};

const never = () => () => undefined;

/**
 * What is in a portfolio, with every price that comes: where it comes from is decided here alone. Frames tell all but
 * what orders keep of it, which is read once for each of its versions. It is read again and again where no frame comes:
 * no socket gets through, the server takes no more of them, or does not know the portfolio yet.
 */
export const useLiveBalances = ({ id, kind, baseCurrency, simulated, archivedAt }: Portfolio) => {
  const parts = useParts();
  const online = useOnline();
  const pace = usePace(paceMs);
  const kinds = [useShown(({ view }) => view?.simulated), useLive(({ view }) => view?.simulated)];
  /** Such a portfolio and these prices never stand together, so there are no frames of it. */
  const isOfOtherPrices = kind === 'paper' && kinds.includes(!simulated);
  // In one that is archived nothing changes any more.
  const isWatched = archivedAt === null;
  const viewed = useViewed(id, isWatched && !isOfOtherPrices);
  const state = useSyncExternalStore(viewed?.store.subscribe ?? never, () => viewed?.store.state);
  const view = state?.view;
  const isLive = online && view !== undefined && state?.connection === 'live';
  const query = useQuery({
    ...reading(parts, id),
    refetchInterval: ({ state: { data: read } }) => {
      // Orders keep nothing of what is owned.
      const isToldWhole = isLive && (kind === 'tracking' || (read && read.version === (view.version ?? read.version)));
      return isWatched && !isToldWhole ? pace : false;
    },
    ...(isWatched ? { staleTime: 0 } : {}),
  });
  const { data: read, dataUpdatedAt, isError } = query;
  const framed = useMemo(
    () => view && framedBalances(view, { portfolioId: id, kind, baseCurrency }, read),
    [view, id, kind, baseCurrency, read],
  );
  const isReadNewer = (): boolean => {
    if (!view || !read || !viewed) return read !== undefined;
    // What was changed here is read at once, and comes to frames with its event.
    if (isLive) return read.version > (view.version ?? read.version);
    return viewed.store.serverTime(dataUpdatedAt) > view.asOfMs;
  };
  const isFramed = framed !== undefined && !isReadNewer();
  const shownAtMs = isFramed && view && viewed ? view.asOfMs - viewed.store.serverTime(0) : dataUpdatedAt;
  return {
    query,
    balances: isFramed ? framed : read,
    isOfOtherPrices,
    /** What frames of it come to; undefined while none are wanted. */
    store: viewed?.store,
    /** When it was brought up to date last, by this computer's clock, where it cannot be now. */
    oldSinceMs: !isLive && (!online || isError) ? shownAtMs : undefined,
  };
};
