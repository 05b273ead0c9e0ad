import type { Clock, Timer } from '@tickfolio/client/clock';
import type { Connection } from '@tickfolio/client/connection';
import type { Frame } from '@tickfolio/client/frame';
import { retryPauseMs } from '@tickfolio/lib/retry/backoff';
import type { PortfolioStore } from './portfolio-store.js';

/** Another portfolio than the one whose frames come unasked, as it is live. */
export interface Viewed {
  readonly portfolioId: string;
  /** Its connection is `reading` where the connection is there and frames of it are not. */
  readonly store: PortfolioStore;
}

/** Which portfolio the connection tells of: another one while a page shows it. */
export interface Views {
  /** Undefined for the one whose frames come unasked. */
  readonly current: Viewed | undefined;
  subscribe(listener: () => void): () => void;
  /** The last one counts. @returns what ends it */
  open(portfolioId: string): () => void;
}

/** What the connection tells. */
export interface ViewsFeed {
  /** Whichever portfolio it is of. */
  takeFrame(frame: Frame): void;
  setConnection(connection: Connection): void;
  /** The server did not take what was said. */
  refuse(): void;
  /** Somebody else is signed in, or nobody: nothing of before is shown, and nothing was asked for. */
  clear(): void;
}

export interface ViewsDeps {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly createStore: () => PortfolioStore;
  /** Asks for the frames of a portfolio. */
  readonly ask: (portfolioId: string) => void;
}

/** So long after the question frames of it come as a rule; what they come from can be read meanwhile. */
const patienceMs = 3_000;
/** Pauses of many pages do not end together. */
const pauses = { minRetryMs: 5_000, maxRetryMs: 60_000, leastShare: 0.5 };
/** A connection on which too much is said is closed for good, at 20 messages in 10 s: others have to be said too. */
const [maxAsks, asksWindowMs] = [10, 10_000];

export const createViews = ({ clock, createStore, ask }: ViewsDeps): Views & ViewsFeed => {
  let current: Viewed | undefined;
  let isConnected = false;
  /** How often in a row it was asked for in vain. */
  let failures = 0;
  /** Until an answer is waited for no longer, or it is asked again. */
  let timer: Timer | undefined;
  /** When it was asked, monotonic milliseconds. */
  let asks: readonly number[] = [];
  let turn: Timer | undefined;
  const listeners = new Set<() => void>();

  const say = () => {
    turn?.cancel();
    const nowMs = clock.monotonic();
    asks = asks.filter((atMs) => nowMs - atMs < asksWindowMs);
    const [first] = asks;
    if (first !== undefined && asks.length >= maxAsks) {
      turn = clock.after(first + asksWindowMs - nowMs, say);
      return;
    }
    asks = [...asks, nowMs];
    ask(current?.portfolioId ?? 'default');
  };
  const later = (ms: number, run: () => void) => {
    timer?.cancel();
    timer = clock.after(ms, run);
  };
  const giveUp = () => {
    current?.store.setConnection('reading');
    later(retryPauseMs(pauses, failures++), () => {
      say();
      later(patienceMs, giveUp);
    });
  };
  /** It was asked for, or is with the connection that opens. */
  const begin = () => {
    failures = 0;
    timer?.cancel();
    if (current && isConnected) later(patienceMs, giveUp);
  };
  const show = (next: Viewed | undefined) => {
    current = next;
    say();
    begin();
    for (const listener of listeners) listener();
  };

  return {
    get current() {
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open: (portfolioId) => {
      const opened = { portfolioId, store: createStore() };
      show(opened);
      return () => {
        if (current === opened) show(undefined);
      };
    },
    takeFrame: (frame) => {
      // The server shows it no more, such as where prices became of the other kind.
      if (frame.PortfolioID === undefined && current?.store.state.connection === 'live') giveUp();
      // One that was asked for before may still come.
      if (!current || frame.PortfolioID !== current.portfolioId) return;
      failures = 0;
      timer?.cancel();
      current.store.setConnection('live');
      current.store.takeFrame(frame);
    },
    setConnection: (connection) => {
      isConnected = connection === 'live';
      begin();
      if (!isConnected) current?.store.setConnection(connection);
    },
    refuse: () => {
      if (current && current.store.state.connection !== 'live') giveUp();
    },
    clear: () => {
      isConnected = false;
      asks = [];
      begin();
      current?.store.clear();
      say();
    },
  };
};
