import { AppError, type FieldError } from '@tickfolio/lib/errors';
import { isSymbol } from '@tickfolio/lib/market/symbol';
import type { LastPrice } from '@tickfolio/lib/price-bus';
import type { Market } from '../feed/market.js';
import type { SymbolFeed } from '../feed/symbol-feed.js';
import type { Shares } from '../publishing/shares.js';
import type { Registry } from './registry.js';
import type { SymbolList } from './symbol-list.js';

/** What a holder is told about the symbols it holds, of those that this aggregator publishes. */
export interface Holding {
  readonly symbolsRevision: string;
  readonly simulated: boolean;
  /** The exchange's time as its frames tell it, epoch milliseconds; missing before the first one. */
  readonly exchangeTimeMs?: number;
  readonly feeds: Readonly<Record<string, SymbolFeed>>;
  readonly lastPrices: Readonly<Record<string, Omit<LastPrice, 'symbol'>>>;
  /** How many of all shares of the symbols are this aggregator's; missing where it publishes everything. */
  readonly shares?: { readonly owned: number; readonly of: number };
}

/** The subscription interface without its HTTP. */
export interface Subscriptions {
  /** @throws AppError invalid_argument, unprocessable, resource_exhausted */
  hold(symbol: unknown, id: unknown): Promise<Holding & { readonly symbol: string; readonly id: string }>;
  /** @throws AppError invalid_argument */
  release(symbol: unknown, id: unknown): { readonly symbol: string; readonly id: string };
  /**
   * Replaces the set of a holder. Symbols that cannot be are answered as unknown, those past a bound as refused; the
   * others are held all the same. @throws AppError resource_exhausted for one holder too many
   */
  replace(holder: string, symbols: readonly string[]): Holding;
}

const idPattern = /^[\x21-\x7e]{1,128}$/;

const checked = (symbol: unknown, id: unknown): { symbol: string; id: string } => {
  const fields: FieldError[] = [];
  const name = typeof symbol === 'string' ? symbol.toLowerCase() : '';
  if (symbol === undefined) fields.push({ field: 'symbol', message: 'is required' });
  else if (!isSymbol(name)) fields.push({ field: 'symbol', message: 'must be one symbol such as btcusdt' });
  if (id === undefined) fields.push({ field: 'id', message: 'is required' });
  else if (typeof id !== 'string' || !idPattern.test(id)) {
    fields.push({ field: 'id', message: 'must be 1 to 128 printable characters without blanks, given once' });
  }
  if (fields.length > 0) throw new AppError('invalid_argument', 'The query is not valid.', { fields });
  return { symbol: name, id: id as string };
};

export const createSubscriptions = (
  registry: Registry,
  list: SymbolList,
  market: Market,
  shares: Shares,
): Subscriptions => {
  const feedOf = (symbol: string): SymbolFeed => {
    if (!isSymbol(symbol) || (list.known && !list.has(symbol))) {
      return { state: 'unknown', detail: 'The exchange does not list this symbol.', sinceMs: 0 };
    }
    return market.feedOf(symbol) ?? { state: 'pending', detail: 'Not asked for yet.', sinceMs: 0 };
  };
  const holding = (asked: readonly string[], refused: ReadonlyMap<string, string> = new Map()): Holding => {
    const symbols = asked.filter(shares.owns);
    shares.needsKnown();
    const answerOf = (symbol: string): SymbolFeed => {
      const reason = refused.get(symbol);
      return reason === undefined ? feedOf(symbol) : { state: 'refused', detail: reason, sinceMs: 0 };
    };
    const lastPrices: [string, Omit<LastPrice, 'symbol'>][] = [];
    for (const symbol of symbols) {
      const last = market.last(symbol);
      if (last) lastPrices.push([symbol, { price: last.price, timeMs: last.timeMs, tradeId: last.tradeId }]);
    }
    return {
      symbolsRevision: list.revision,
      simulated: list.simulated,
      ...(market.exchangeTimeMs === undefined ? {} : { exchangeTimeMs: Math.round(market.exchangeTimeMs) }),
      feeds: Object.fromEntries(symbols.map((symbol) => [symbol, answerOf(symbol)])),
      lastPrices: Object.fromEntries(lastPrices),
      ...(shares.counts ? { shares: shares.counts } : {}),
    };
  };
  return {
    hold: async (givenSymbol, givenId) => {
      const { symbol, id } = checked(givenSymbol, givenId);
      if (list.known && !list.has(symbol)) await list.lookAgain(); // It may be new.
      if (list.known && !list.has(symbol)) {
        const fields = [{ field: 'symbol', message: 'is not listed by the exchange' }];
        throw new AppError('unprocessable', `The exchange does not list "${symbol}".`, { fields });
      }
      registry.hold(`coin:${id}`, symbol);
      return { symbol, id, ...holding([symbol]) };
    },
    release: (givenSymbol, givenId) => {
      const { symbol, id } = checked(givenSymbol, givenId);
      registry.release(`coin:${id}`, symbol);
      return { symbol, id };
    },
    replace: (holder, given) => {
      const symbols = [...new Set(given.map((symbol) => symbol.toLowerCase()))];
      // What the exchange does not list takes no room; the holder says its set again, so a new listing is not missed.
      const able = symbols.filter((symbol) => isSymbol(symbol) && (!list.known || list.has(symbol)));
      return holding(symbols, registry.replace(`set:${holder}`, new Set(able)));
    },
  };
};
