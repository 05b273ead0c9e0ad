import type { Clock } from '@tickfolio/client/clock';

/** A price of now. */
export interface LivePrice {
  /** Exact, in the quote asset. */
  readonly price: string;
  /** Of its trade, epoch milliseconds. */
  readonly atMs: number;
}

/** The newest price of each watched symbol, as the live connection tells it. */
export interface WatchedPrices {
  /** By symbol; another object whenever something in it changed. */
  readonly prices: ReadonlyMap<string, LivePrice>;
  subscribe(listener: () => void): () => void;
  take(told: { readonly Symbol: string; readonly Price: string; readonly PriceTime: string }): void;
  clear(): void;
}

/** A list of 200 is not drawn anew for each of them. */
const gatherMs = 250;

export const createWatchedPrices = (clock: Pick<Clock, 'after'>): WatchedPrices => {
  let prices: ReadonlyMap<string, LivePrice> = new Map();
  let newest = new Map<string, LivePrice>();
  let gathering = false;
  const listeners = new Set<() => void>();
  const publish = () => {
    gathering = false;
    prices = new Map(newest);
    for (const listener of listeners) listener();
  };
  return {
    get prices() {
      return prices;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    take: ({ Symbol: symbol, Price: price, PriceTime }) => {
      newest.set(symbol, { price, atMs: Date.parse(PriceTime) });
      if (gathering) return;
      gathering = true;
      clock.after(gatherMs, publish);
    },
    clear: () => {
      newest = new Map();
      publish();
    },
  };
};
