import type { PubSub, Subscription } from '../pubsub/pubsub.js';
import { decodeLastPrice, type LastPrice } from './last-price.js';
import { decodeSecondStat, type SecondStat } from './second-stat.js';

export { decodeLastPrice, type LastPrice } from './last-price.js';
export { decodeSecondStat, type SecondStat } from './second-stat.js';

/** Live prices: one channel per symbol (its lower-case name), one SecondStat a message, and the last price of each symbol. */
export interface PriceBus {
  /** Sends a second and keeps its close as the symbol's last price unless a later one is kept. Never waits. */
  publish(stat: SecondStat): void;
  /** Keeps a last price without sending anything, unless a later one is kept. */
  setLast(last: LastPrice): void;
  /** The last prices of those symbols that have one. @throws AppError unavailable */
  last(symbols: readonly string[]): Promise<Map<string, LastPrice>>;
  /** Follows the symbols; resolves when active. @throws AppError unavailable */
  subscribe(symbols: readonly string[], listener: PriceListener): Promise<Subscription>;
  /** Undefined when the server answers, else what is wrong. */
  check(): Promise<string | undefined>;
}

export interface PriceListener {
  second(stat: SecondStat): void;
  /** Messages may have been missed: read `last` again. */
  resumed?(): void;
  /** A message that is no SecondStat; it is skipped. */
  malformed?(channel: string, reason: string): void;
}

const keyOf = (symbol: string) => `last:${symbol}`;

/** The price bus over a pub/sub (memory or Redis). The pub/sub stays its owner's to close. */
export const createPriceBus = (pubsub: PubSub): PriceBus => {
  // A repair of an old second must not put an old price back; one entry per symbol the publisher owns.
  // Time comes before the id, which an exchange may begin anew.
  const newest = new Map<string, LastPrice>();
  const advance = (last: LastPrice): { key: string; text: string } | undefined => {
    const kept = newest.get(last.symbol);
    if (kept && (kept.timeMs > last.timeMs || (kept.timeMs === last.timeMs && kept.tradeId >= last.tradeId))) return undefined;
    newest.set(last.symbol, last);
    return { key: keyOf(last.symbol), text: JSON.stringify(last) };
  };
  return {
    publish: (stat) => {
      const last = advance({ symbol: stat.symbol, price: stat.close, timeMs: stat.lastTradeTime, tradeId: stat.lastTradeId });
      pubsub.publish(stat.symbol, JSON.stringify(stat), last);
    },
    setLast: (last) => {
      const entry = advance(last);
      if (entry) pubsub.retain(entry);
    },
    last: async (symbols) => {
      const texts = await pubsub.read(symbols.map(keyOf));
      const found = new Map<string, LastPrice>();
      texts.forEach((text, i) => {
        const last = text === undefined ? undefined : decodeLastPrice(text);
        // A text that is no last price of this symbol was written by somebody else; the next trade replaces it.
        if (last && last.symbol === symbols[i]) found.set(last.symbol, last);
      });
      return found;
    },
    subscribe: (symbols, listener) =>
      pubsub.subscribe(symbols, {
        message: (channel, text) => {
          const stat = decodeSecondStat(text);
          if (typeof stat === 'string') listener.malformed?.(channel, stat);
          else if (stat.symbol !== channel) listener.malformed?.(channel, `is about ${stat.symbol}`);
          else listener.second(stat);
        },
        resumed: () => listener.resumed?.(),
      }),
    check: () => pubsub.check(),
  };
};
