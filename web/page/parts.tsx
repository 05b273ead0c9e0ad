import type { BalanceTold } from '@tickfolio/api/balances';
import type { ChannelMessage, ChannelName } from '@tickfolio/api/messages';
import type { OrderTold } from '@tickfolio/api/order-told';
import type { Clock } from '@tickfolio/client/clock';
import type { Session, SessionState } from '@tickfolio/client/session';
import { createContext, useContext, useState, useSyncExternalStore } from 'react';
import type { LiveState, PortfolioStore } from './live/portfolio-store.js';
import type { PriceTrails } from './live/price-trails.js';
import type { Views } from './live/views.js';

/** Changes come from now on, or some were missed: what was read is read anew. */
interface Missed {
  readonly Type: 'resync';
}

/** What comes on each channel. */
export interface ChannelMessages extends Record<ChannelName, object> {
  readonly watchlist: ChannelMessage;
  readonly balances: BalanceTold | Missed;
  readonly orders: OrderTold | Missed;
}

/** What comes over the live connection besides frames. */
interface Channels {
  /** Asked for with every connection until it is closed. @param take is called with what comes @returns what closes it */
  open<Name extends ChannelName>(name: Name, take: (message: ChannelMessages[Name]) => void): () => void;
}

/** What the page is made of; made once in main. */
export interface Parts {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly session: Session;
  readonly store: PortfolioStore;
  readonly trails: PriceTrails;
  readonly channels: Channels;
  readonly views: Views;
  /** Asks who is signed in, and tries to connect, at once. */
  readonly retry: () => void;
}

const PartsContext = createContext<Parts | undefined>(undefined);
export const PartsProvider = PartsContext.Provider;

export const useParts = (): Parts => {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error('outside of the page');
  return parts;
};

/** How far from its period a page asks, at most, as a part of it. */
const spread = 0.1;

/**
 * A period of this page's own: those that were opened together, or found the server again together, do not go on asking
 * together.
 */
export const usePace = (periodMs: number): number => {
  const { random } = useParts();
  const [part] = useState(() => 1 - spread + 2 * spread * random());
  return Math.round(periodMs * part);
};

export const useSession = (): SessionState => {
  const { session } = useParts();
  return useSyncExternalStore(session.subscribe, () => session.state);
};

/** A part of a portfolio that is live; what stays the same object draws nothing anew. */
export const useStore = <T,>(store: PortfolioStore, select: (state: LiveState) => T): T =>
  useSyncExternalStore(store.subscribe, () => select(store.state));

/** The same of what is owned. */
export const useLive = <T,>(select: (state: LiveState) => T): T => useStore(useParts().store, select);

/** The same of what the page in front is about: another portfolio while it shows one live. */
export const useShown = <T,>(select: (state: LiveState) => T): T => {
  const { store, views } = useParts();
  const { store: shown } = useSyncExternalStore(views.subscribe, () => views.current) ?? { store };
  return useStore(shown, select);
};

const subscribeNetwork = (listener: () => void) => {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
};

export const useOnline = (): boolean => useSyncExternalStore(subscribeNetwork, () => navigator.onLine);
