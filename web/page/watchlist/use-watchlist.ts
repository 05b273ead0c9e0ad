import { useQuery } from '@tanstack/react-query';
import type { WatchlistAnswer } from '@tickfolio/api/watchlist';
import type { Timer } from '@tickfolio/client/clock';
import type { Session } from '@tickfolio/client/session';
import { useEffect, useSyncExternalStore } from 'react';
import { type Parts, useParts, useSession } from '../parts.js';
import { createWatchedPrices, type LivePrice, type WatchedPrices } from './watched-prices.js';
import { createWatchlistStore, type Watched, type WatchlistStore } from './watchlist-store.js';

interface Watching {
  readonly userId: string | undefined;
  readonly store: WatchlistStore;
  readonly prices: WatchedPrices;
  /** How many parts of the page show some of it. */
  viewers: number;
  leaving: Timer | undefined;
  close: (() => void) | undefined;
}

/** From one page to the next the channel stays open. */
const lingerMs = 5_000;
/** Of who is signed in; what somebody else watched is nobody's business. */
const watchings = new WeakMap<Session, Watching>();

const endNow = (watching: Watching | undefined) => {
  if (!watching) return;
  watching.leaving?.cancel();
  watching.close?.();
  // Its viewers leave after this; the channel is somebody else's by then.
  watching.close = undefined;
};
const watchingOf = ({ session, clock }: Parts, userId: string | undefined): Watching => {
  const before = watchings.get(session);
  if (before && before.userId === userId) return before;
  endNow(before);
  const store = createWatchlistStore({
    call: (method, path) => session.call<WatchlistAnswer>(method, path),
    isOfPresent: () => session.state.kind === 'signed-in' && session.state.userId === userId,
  });
  const prices = createWatchedPrices(clock);
  const watching: Watching = { userId, store, prices, viewers: 0, leaving: undefined, close: undefined };
  watchings.set(session, watching);
  return watching;
};
/** Has the list and its prices told for as long as somebody looks. @returns to be called then */
const look = ({ channels, clock }: Parts, watching: Watching): (() => void) => {
  const { store, prices } = watching;
  watching.viewers += 1;
  watching.leaving?.cancel();
  watching.close ??= channels.open('watchlist', (message) => {
    if (message.Type === 'price') prices.take(message);
    else store.take({ watchlist: message.Watchlist, version: message.Version });
  });
  return () => {
    watching.viewers -= 1;
    if (watching.viewers > 0) return;
    watching.leaving = clock.after(lingerMs, () => {
      watching.close?.();
      watching.close = undefined;
      prices.clear(); // They get old from now on.
    });
  };
};

const useWatching = (): Watching => {
  const parts = useParts();
  const session = useSession();
  return watchingOf(parts, session.kind === 'signed-in' ? session.userId : undefined);
};

/** Reads what is watched, and has it told while the part is shown. */
export const useWatchlist = () => {
  const parts = useParts();
  const watching = useWatching();
  const { store, userId } = watching;
  useEffect(() => look(parts, watching), [parts, watching]);
  const { isError, error, refetch } = useQuery({
    queryKey: ['watchlist', userId],
    queryFn: async () => {
      const answer = parts.session.call<WatchlistAnswer>('GET', '/api/v1/watchlist');
      await store.takeAnswer(answer);
      return answer;
    },
  });
  const watched: Watched | undefined = useSyncExternalStore(store.subscribe, () => store.watched);
  return { watched, isError, error, retry: () => void refetch() };
};

/** Whether it is watched, and what changes that. */
export const useWatch = (symbol: string) => {
  const { store } = useWatching();
  const isWatched = useSyncExternalStore(store.subscribe, () => store.watched?.has(symbol) ?? false);
  return { isWatched, want: store.want };
};

const noPrices: ReadonlyMap<string, LivePrice> = new Map();
const never = () => () => undefined;

/** By symbol; none while they are not wanted, and nothing is drawn for them. */
export const useWatchedPrices = (isWanted: boolean): ReadonlyMap<string, LivePrice> => {
  const { prices } = useWatching();
  return useSyncExternalStore(isWanted ? prices.subscribe : never, () => (isWanted ? prices.prices : noPrices));
};
