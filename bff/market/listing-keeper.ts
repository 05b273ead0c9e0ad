import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { KeptListings, Listing } from './kept-listings.js';
import type { Kind } from './portfolio-value.js';
import type { Symbols } from './symbols.js';

export interface ListingKeeperDeps {
  readonly symbols: Pick<Symbols, 'list'>;
  readonly listings: Pick<KeptListings, 'write'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ListingKeeperOptions {
  /** How often it is looked for a list that is not kept yet. Default 1 000. */
  readonly periodMs?: number;
  /** When it is tried again after a fault. Default 30 000. */
  readonly retryMs?: number;
}

/** A symbol that does not end with what it is priced in tells nothing of its base. */
const isNamed = ({ symbol, quoteAsset }: Listing): boolean =>
  quoteAsset !== '' && symbol.endsWith(quoteAsset.toLowerCase());

/** Keeps what the exchange lists, apart from every request: of each new list what was not kept before. */
export const startListingKeeper = (deps: ListingKeeperDeps, options: ListingKeeperOptions = {}): { close(): void } => {
  const { symbols, listings, clock, log } = deps;
  const { periodMs = 1_000, retryMs = 30_000 } = options;
  /** By kind what symbols are priced in that were kept by this process. */
  const kept: Readonly<Record<Kind, Map<string, string>>> = { real: new Map(), simulated: new Map() };
  let keptList: Symbols['list'];
  let timer: Timer | undefined;
  let closed = false;

  const later = (ms: number) => {
    if (!closed) timer = clock.after(ms, () => void look());
  };
  const look = async () => {
    const { list } = symbols;
    if (!list || list === keptList) return later(periodMs);
    const kind = list.simulated ? 'simulated' : 'real';
    const news = list.symbols.filter((entry) => isNamed(entry) && kept[kind].get(entry.symbol) !== entry.quoteAsset);
    try {
      await listings.write(kind, [...new Map(news.map((entry) => [entry.symbol, entry])).values()]);
      for (const { symbol, quoteAsset } of news) kept[kind].set(symbol, quoteAsset);
      keptList = list;
      later(periodMs);
    } catch (err) {
      log.warn({ err }, 'what the exchange lists could not be kept; trying again later');
      later(retryMs);
    }
  };
  later(periodMs);

  return {
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
