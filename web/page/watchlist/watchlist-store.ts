import type { WatchlistAnswer } from '@tickfolio/api/watchlist';

type Kept = Omit<WatchlistAnswer, 'next'>;

/** What is watched, as it is shown: with what is on its way to the server. Assets by symbols, as they were added. */
export type Watched = ReadonlyMap<string, string>;

export interface WatchlistStore {
  /** Undefined until it is known. */
  readonly watched: Watched | undefined;
  subscribe(listener: () => void): () => void;
  /** Takes what the server says, unless something newer is known. */
  take(said: Kept): void;
  /**
   * Shown at once and undone where it fails. Of many wishes for one symbol the server is told the last one.
   * @param asset undefined to watch it no more. @throws Problem
   */
  want(symbol: string, asset: string | undefined): Promise<void>;
}

export interface WatchlistStoreDeps {
  /** @throws Problem */
  readonly call: (method: 'PUT' | 'DELETE', path: string) => Promise<Kept>;
}

export const createWatchlistStore = ({ call }: WatchlistStoreDeps): WatchlistStore => {
  let kept: Kept | undefined;
  let watched: Watched | undefined;
  const wanted = new Map<string, string | undefined>();
  const telling = new Set<string>();
  const listeners = new Set<() => void>();

  const publish = () => {
    if (kept || wanted.size > 0) {
      const shown = new Map(kept?.watchlist.map(({ symbol, asset }) => [symbol, asset]));
      for (const [symbol, asset] of wanted) {
        if (asset === undefined) shown.delete(symbol);
        else if (!shown.has(symbol)) shown.set(symbol, asset);
      }
      watched = shown;
    } else watched = undefined;
    for (const listener of listeners) listener();
  };
  const take = (said: Kept) => {
    if (kept && said.version < kept.version) return;
    kept = said;
    publish();
  };
  const tell = async (symbol: string) => {
    for (;;) {
      const asset = wanted.get(symbol);
      take(await call(asset === undefined ? 'DELETE' : 'PUT', `/api/v1/watchlist/${encodeURIComponent(symbol)}`));
      if (wanted.get(symbol) === asset) return;
    }
  };
  return {
    get watched() {
      return watched;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    take,
    want: async (symbol, asset) => {
      wanted.set(symbol, asset);
      publish();
      if (telling.has(symbol)) return; // Whoever tells goes on with it.
      telling.add(symbol);
      try {
        await tell(symbol);
      } finally {
        telling.delete(symbol);
        wanted.delete(symbol);
        publish();
      }
    },
  };
};
