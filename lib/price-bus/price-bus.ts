import type { PubSub, Retained, Subscription } from '../pubsub/pubsub.js';
import { decodeLastPrice, isLaterPrice, type LastPrice } from './last-price.js';
import { decodePublishedThrough, type PublishedThrough } from './published-through.js';
import { decodeSecondStat, type SecondStat } from './second-stat.js';

export { isLaterPrice, type LastPrice, toLastPrice } from './last-price.js';
export type { PublishedSecond, PublishedThrough } from './published-through.js';
export { decodeSecondStat, type SecondStat } from './second-stat.js';

/**
 * Live prices. Channel `<symbol>` (lower case) carries SecondStats, each when its second is known whole; channel
 * `price:<symbol>` carries LastPrices that do not wait for that. The last price of each symbol is kept besides.
 */
export interface PriceBus {
  /**
   * Sends a second and keeps its close as the symbol's last price unless a later one is kept. Never waits.
   * @param through what is published with it; kept in the same step, so that whoever goes on neither repeats nor leaves
   * out this second
   * @param simulated whether the prices are; kept with the last price where it is known
   */
  publish(stat: SecondStat, through?: PublishedThrough, simulated?: boolean): void;
  /** Sends a last price and keeps it, unless a later one is kept. Never waits. */
  publishPrice(last: LastPrice): void;
  /** Keeps a last price without sending anything, unless a later one is kept. */
  setLast(last: LastPrice): void;
  /** How far those symbols are published of which that is known. @throws AppError unavailable */
  through(symbols: readonly string[]): Promise<Map<string, PublishedThrough>>;
  /**
   * What is kept of symbols that are published from here from now on: nothing older replaces their last prices. @throws
   * AppError unavailable
   */
  resume(symbols: readonly string[]): Promise<Map<string, Kept>>;
  /** Keeps how far a symbol is published, without sending anything. */
  keepThrough(through: PublishedThrough): void;
  /** Nobody is to go on where this symbol's publishing ended: its seconds end here. */
  forgetThrough(symbol: string): void;
  /**
   * Somebody else publishes these symbols from now on: nothing that is remembered of them may be written over what they
   * keep.
   */
  release(isReleased: (symbol: string) => boolean): void;
  /** Resolves when everything published so far has reached the server. @throws AppError unavailable */
  settled(): Promise<void>;
  /** The last prices of those symbols that have one. @throws AppError unavailable */
  last(symbols: readonly string[]): Promise<Map<string, LastPrice>>;
  /** Follows the symbols; resolves when active. @throws AppError unavailable */
  subscribe(symbols: readonly string[], listener: PriceListener): Promise<Subscription>;
  /** Undefined when the server answers, else what is wrong. */
  check(): Promise<string | undefined>;
}

/** What is kept of a symbol: its last price, and how far its seconds are published. */
export interface Kept {
  readonly last?: LastPrice;
  readonly through?: PublishedThrough;
}

export interface PriceListener {
  second(stat: SecondStat): void;
  /** A price ahead of its second. Only who asks for these is sent them. */
  price?(last: LastPrice): void;
  /** Messages may have been missed: read `last` again. */
  resumed?(): void;
  /** A message that is no SecondStat (or LastPrice, on its channel); it is skipped. */
  malformed?(channel: string, reason: string): void;
}

const keyOf = (symbol: string) => `last:${symbol}`;
const throughKeyOf = (symbol: string) => `through:${symbol}`;
const pricePrefix = 'price:';
/** Last prices that are read at once, and how often a reading is tried, after a loss. */
const [maxReadSymbols, maxReads] = [1_000, 5];

/** Real and simulated prices follow from no common series of trades: neither is later than the other. */
const isOtherKind = ({ simulated: one }: LastPrice, { simulated: other }: LastPrice): boolean =>
  one !== undefined && other !== undefined && one !== other;
const lastIn = (text: string | undefined, symbol: string): LastPrice | undefined => {
  const last = text === undefined ? undefined : decodeLastPrice(text);
  // A text that is no last price of this symbol was written by somebody else; the next trade replaces it.
  return last?.symbol === symbol ? last : undefined;
};
const throughIn = (text: string | undefined, symbol: string): PublishedThrough | undefined => {
  const through = text === undefined ? undefined : decodePublishedThrough(text);
  return through?.symbol === symbol ? through : undefined;
};

/** The price bus over a pub/sub (memory or Redis). The pub/sub stays its owner's to close. */
export const createPriceBus = (pubsub: PubSub): PriceBus => {
  // A repair of an old second must not put an old price back; one entry per symbol the publisher owns.
  const newest = new Map<string, LastPrice>();
  const entryOf = (last: LastPrice): Retained => ({ key: keyOf(last.symbol), text: JSON.stringify(last) });
  const isLater = (last: LastPrice, kept: LastPrice | undefined): boolean =>
    !kept || isOtherKind(last, kept) || isLaterPrice(last, kept);
  const advance = (last: LastPrice): Retained | undefined => {
    if (!isLater(last, newest.get(last.symbol))) return undefined;
    newest.set(last.symbol, last);
    return entryOf(last);
  };
  /** What is kept is as new as anything known here, or becomes so: the server may have come back with an older copy. */
  const resume = (symbol: string, last: LastPrice | undefined) => {
    const known = newest.get(symbol);
    if (last && isLater(last, known)) newest.set(symbol, last);
    else if (known && (!last || isLater(known, last))) pubsub.retain(entryOf(known));
  };
  const readEach = async <T>(
    symbols: readonly string[],
    key: (symbol: string) => string,
    decode: (text: string | undefined, symbol: string) => T | undefined,
  ): Promise<Map<string, T>> => {
    const texts = await pubsub.read(symbols.map(key));
    const found = new Map<string, T>();
    symbols.forEach((symbol, i) => {
      const value = decode(texts[i], symbol);
      if (value !== undefined) found.set(symbol, value);
    });
    return found;
  };
  const readLast = (symbols: readonly string[]) => readEach(symbols, keyOf, lastIn);
  /**
   * What was kept may be gone, or be an older copy; a coin that trades once an hour would have no price, or an old one,
   * until then.
   */
  const keepAgain = async (symbols: readonly string[], attempt = 1): Promise<void> => {
    let kept: ReadonlyMap<string, LastPrice>;
    try {
      kept = await readLast(symbols);
    } catch {
      // The connection is lost once more, and this is done at its next return; or the server was slow.
      return attempt < maxReads ? keepAgain(symbols, attempt + 1) : undefined;
    }
    for (const symbol of symbols) if (newest.has(symbol)) resume(symbol, kept.get(symbol));
  };
  pubsub.onReturn(() => {
    const symbols = [...newest.keys()];
    for (let from = 0; from < symbols.length; from += maxReadSymbols)
      void keepAgain(symbols.slice(from, from + maxReadSymbols));
  });
  return {
    publish: (stat, through, simulated) => {
      const kind = simulated === undefined ? {} : { simulated };
      const last = advance({
        symbol: stat.symbol,
        price: stat.close,
        timeMs: stat.lastTradeTime,
        tradeId: stat.lastTradeId,
        ...kind,
      });
      const kept = through && { key: throughKeyOf(stat.symbol), text: JSON.stringify(through) };
      pubsub.publish(stat.symbol, JSON.stringify(stat), ...[last, kept].filter((entry) => entry !== undefined));
    },
    publishPrice: (last) => {
      const entry = advance(last);
      if (entry) pubsub.publish(pricePrefix + last.symbol, entry.text, entry);
    },
    setLast: (last) => {
      const entry = advance(last);
      if (entry) pubsub.retain(entry);
    },
    through: (symbols) => readEach(symbols, throughKeyOf, throughIn),
    resume: async (symbols) => {
      const texts = await pubsub.read([...symbols.map(keyOf), ...symbols.map(throughKeyOf)]);
      const found = symbols.map((symbol, i): [string, Kept] => {
        const last = lastIn(texts[i], symbol);
        const through = throughIn(texts[symbols.length + i], symbol);
        resume(symbol, last);
        return [symbol, { ...(last && { last }), ...(through && { through }) }];
      });
      return new Map(found);
    },
    keepThrough: (through) => pubsub.retain({ key: throughKeyOf(through.symbol), text: JSON.stringify(through) }),
    forgetThrough: (symbol) => pubsub.retain({ key: throughKeyOf(symbol), text: '' }),
    release: (isReleased) => {
      const released = [...newest.keys()].filter(isReleased);
      for (const symbol of released) newest.delete(symbol);
      pubsub.forget(released.flatMap((symbol) => [keyOf(symbol), throughKeyOf(symbol)]));
    },
    // The server answers in the order it was asked.
    settled: async () => void (await pubsub.read([throughKeyOf('')])),
    last: readLast,
    subscribe: async (symbols, listener) => {
      const channelsOf = (names: readonly string[]) =>
        listener.price ? names.flatMap((name) => [name, pricePrefix + name]) : names;
      const takePrice = (channel: string, text: string) => {
        const last = decodeLastPrice(text);
        if (!last) listener.malformed?.(channel, 'no last price');
        else if (pricePrefix + last.symbol !== channel) listener.malformed?.(channel, `is about ${last.symbol}`);
        else listener.price?.(last);
      };
      const subscription = await pubsub.subscribe(channelsOf(symbols), {
        message: (channel, text) => {
          if (channel.startsWith(pricePrefix)) {
            takePrice(channel, text);
            return;
          }
          const stat = decodeSecondStat(text);
          if (typeof stat === 'string') listener.malformed?.(channel, stat);
          else if (stat.symbol !== channel) listener.malformed?.(channel, `is about ${stat.symbol}`);
          else listener.second(stat);
        },
        resumed: () => listener.resumed?.(),
      });
      return {
        add: (names) => subscription.add(channelsOf(names)),
        remove: (names) => subscription.remove(channelsOf(names)),
        close: () => subscription.close(),
      };
    },
    check: () => pubsub.check(),
  };
};
