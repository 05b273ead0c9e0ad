import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { LastPrice, PriceBus, SecondStat } from '@tickfolio/lib/price-bus';
import type { Subscription } from '@tickfolio/lib/pubsub';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Listing } from './listing.js';
import type { PriceBoard } from './price-board.js';
import type { PriceReading } from './price-reading.js';

export interface PriceFeedDeps {
  readonly priceBus: PriceBus;
  readonly board: PriceBoard;
  /**
   * Last prices that outlive the bus, asked for what the bus does not have. Undefined while it is not known of which
   * kind they have to be; `reread` says when it is. @throws AppError unavailable. Default: there are none.
   */
  readonly kept?: (symbols: readonly string[]) => Promise<readonly PriceReading[]> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called for every message that is no SecondStat. */
  readonly onMalformed?: () => void;
  /** Called for every price newer than the one before. */
  readonly onFresh?: (reading: PriceReading) => void;
}

/** How long `follow` waits for the last known prices. */
const readyTimeoutMs = 1_000;

export interface PriceFeedOptions {
  /** Pause after a failure of the bus. Default 1 000. */
  readonly retryMs?: number;
  /**
   * How long a symbol is followed after its last holder here left, so that reconnecting clients cost nothing. Default
   * 10 000.
   */
  readonly lingerMs?: number;
}

/** Keeps the board supplied with the prices of the followed symbols and of what converts them. */
export interface PriceFeed {
  /**
   * Counts a follower in. Resolves when the listing's last known price was read, or could not be within
   * `readyTimeoutMs`; undefined when it was before.
   */
  follow(listing: Listing): Promise<void> | undefined;
  /** The same wait for a listing that is followed already. */
  known(listing: Listing): Promise<void> | undefined;
  /** Counts a follower out. */
  release(listing: Listing): void;
  /** Reads the last prices of everything again. */
  reread(): void;
  /** What is followed now. */
  symbols(): Iterable<string>;
  close(): Promise<void>;
}

interface Followed {
  followers: number;
  state: 'wanted' | 'active' | 'unwanted';
  readonly ready: Promise<void>;
  readonly markReady: () => void;
}

/** How many last prices one read asks for. */
const maxReadSymbols = 500;

export const createPriceFeed = (
  { priceBus, board, kept = async () => [], clock, log, onMalformed, onFresh }: PriceFeedDeps,
  { retryMs = 1_000, lingerMs = 10_000 }: PriceFeedOptions = {},
): PriceFeed => {
  const followed = new Map<string, Followed>();
  const leaving = new Map<string, Timer>();
  /** Symbols of which the bus has no price. */
  const lacking = new Set<string>();
  let subscription: Subscription | undefined;
  let rereadAll = false;
  let working = false;
  let asked = false;
  let closed = false;
  let retry: Timer | undefined;

  const take = (reading: PriceReading) => {
    if (!followed.has(reading.symbol)) return;
    try {
      const before = board.last(reading.symbol)?.timeMs;
      if (board.take(reading) && !(before !== undefined && reading.timeMs <= before)) onFresh?.(reading);
    } catch (err) {
      onMalformed?.();
      log.warn({ err, symbol: reading.symbol }, 'a price could not be read and was skipped');
    }
  };
  const listener = {
    second: ({ symbol, close: price, lastTradeTime: timeMs, lastTradeId: tradeId, second, revision }: SecondStat) =>
      take({ symbol, price, timeMs, tradeId, second, revision }),
    /** Ahead of its second, which is published only when it is known whole. */
    price: (last: LastPrice) => take(last),
    resumed: () => reread(),
    malformed: (channel: string, reason: string) => {
      onMalformed?.();
      log.warn({ channel, reason }, 'a message on the price bus is no SecondStat and was skipped');
    },
  };

  const readLast = async (symbols: readonly string[]) => {
    for (let from = 0; from < symbols.length; from += maxReadSymbols) {
      const page = symbols.slice(from, from + maxReadSymbols);
      const last = await priceBus.last(page);
      takeKept([...last.values()]);
      for (const symbol of page) {
        if (board.last(symbol) === undefined) lacking.add(symbol);
        else followed.get(symbol)?.markReady();
      }
    }
  };
  const takeKept = (readings: readonly PriceReading[]) => {
    for (const reading of readings) board.take({ ...reading, kept: true });
  };
  /** @returns whether there was anything to do */
  const readLacking = async (): Promise<boolean> => {
    const page = [...lacking].slice(0, maxReadSymbols);
    const reading = page.length > 0 ? kept(page) : undefined;
    if (!reading) return false;
    takeKept(await reading);
    for (const symbol of page) {
      lacking.delete(symbol);
      followed.get(symbol)?.markReady();
    }
    return true;
  };
  /** One step towards what is wanted. @returns whether there was anything to do. */
  const step = async (): Promise<boolean> => {
    const inState = (state: Followed['state']) =>
      [...followed].filter(([, entry]) => entry.state === state).map(([symbol]) => symbol);
    const unwanted = inState('unwanted');
    if (unwanted.length && subscription) {
      for (const symbol of unwanted) {
        followed.delete(symbol);
        lacking.delete(symbol);
      }
      await subscription.remove(unwanted);
      return true;
    }
    const wanted = inState('wanted');
    if (wanted.length || !subscription) {
      if (!subscription) subscription = await priceBus.subscribe(wanted, listener);
      else await subscription.add(wanted);
      await readLast(wanted); // After the subscription is active, so that nothing falls between the two.
      for (const symbol of wanted) {
        const entry = followed.get(symbol);
        if (entry?.state === 'wanted') entry.state = 'active';
      }
      return true;
    }
    if (rereadAll) {
      rereadAll = false;
      try {
        await readLast(inState('active'));
      } catch (err) {
        rereadAll = true;
        throw err;
      }
      return true;
    }
    return readLacking();
  };
  const reread = () => {
    rereadAll = true;
    work();
  };
  const work = () => {
    asked = true;
    if (working || closed || retry) return;
    working = true;
    void (async () => {
      try {
        while (asked && !closed) {
          asked = false;
          while (!closed && (await step()));
        }
      } catch (err) {
        log.warn({ err }, 'last prices cannot be read; trying again');
        retry = clock.after(retryMs, () => {
          retry = undefined;
          work();
        });
      } finally {
        working = false;
      }
      if (closed) await subscription?.close();
    })();
  };

  const followSymbol = (symbol: string): Followed => {
    let entry = followed.get(symbol);
    if (!entry || entry.state === 'unwanted') {
      const { promise, resolve } = withResolvers();
      entry = { followers: 0, state: 'wanted', ready: promise, markReady: resolve };
      followed.set(symbol, entry);
    }
    entry.followers++;
    leaving.get(symbol)?.cancel();
    leaving.delete(symbol);
    return entry;
  };
  const whenReady = (entries: readonly Followed[]): Promise<void> | undefined => {
    const waiting = entries.filter((entry) => entry.state !== 'active');
    if (waiting.length === 0) return undefined;
    work();
    const late = withResolvers();
    const timer = clock.after(readyTimeoutMs, late.resolve);
    return Promise.race([Promise.all(waiting.map((entry) => entry.ready)), late.promise]).then(() => timer.cancel());
  };
  const symbolsOf = ({ symbol, conversion }: Listing) => (conversion ? [symbol, conversion.symbol] : [symbol]);
  const releaseSymbol = (symbol: string) => {
    const entry = followed.get(symbol);
    if (!entry || --entry.followers > 0) return;
    const leave = () => {
      leaving.delete(symbol);
      entry.state = 'unwanted';
      work();
    };
    leaving.set(symbol, clock.after(lingerMs, leave));
  };

  work();
  return {
    follow: (listing) => whenReady(symbolsOf(listing).map(followSymbol)),
    known: (listing) => whenReady(symbolsOf(listing).flatMap((symbol) => followed.get(symbol) ?? [])),
    release: (listing) => {
      for (const symbol of symbolsOf(listing)) releaseSymbol(symbol);
    },
    reread,
    symbols: () => followed.keys(),
    close: async () => {
      closed = true;
      retry?.cancel();
      for (const timer of leaving.values()) timer.cancel();
      if (!working) await subscription?.close();
    },
  };
};

const withResolvers = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};
