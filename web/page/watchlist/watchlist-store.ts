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
   * Waits for an answer and takes it. Where nothing else was taken since it was asked for, nothing newer is known, whatever
   * its version: a service that was restored from an older copy counts anew. @throws Problem
   */
  takeAnswer(answer: Promise<Kept>): Promise<void>;
  /**
   * Shown at once and undone where it fails. Of many wishes for one symbol the server is told the last one, as long as who
   * had them is signed in.
   * @param asset undefined to watch it no more. @throws Problem
   */
  want(symbol: string, asset: string | undefined): Promise<void>;
}

export interface WatchlistStoreDeps {
  /** Whether it is still the list of who is signed in: a call is made as whoever that is. */
  readonly isOfPresent: () => boolean;
  /** @throws Problem */
  readonly call: (method: 'PUT' | 'DELETE', path: string) => Promise<Kept>;
}

export const createWatchlistStore = ({ call, isOfPresent }: WatchlistStoreDeps): WatchlistStore => {
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
  const takeAnswer = async (answer: Promise<Kept>) => {
    const before = kept;
    const said = await answer;
    if (kept === before) kept = undefined;
    take(said);
  };
  const tell = async (symbol: string) => {
    for (;;) {
      const asset = wanted.get(symbol);
      const method = asset === undefined ? 'DELETE' : 'PUT';
      await takeAnswer(call(method, `/api/v1/watchlist/${encodeURIComponent(symbol)}`));
      if (wanted.get(symbol) === asset || !isOfPresent()) return;
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
    takeAnswer,
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
