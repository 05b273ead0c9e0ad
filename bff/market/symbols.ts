import { AppError } from '@tickfolio/lib/errors';
import type { SymbolEntry, SymbolList } from './aggregator-client.js';
import type { Standing } from './price-state.js';
import { createSymbolSuggestion, type SuggestSymbol } from './symbol-suggestion.js';

/** A symbol somebody holds; both lower case. */
export interface HeldSymbol {
  readonly symbol: string;
  readonly quoteAsset: string;
}

/** What the exchange lists, as far as it is known here. */
export interface Symbols {
  replace(list: SymbolList): void;
  /** Undefined until a list was read. */
  readonly revision: string | undefined;
  /** The newest one as it came. */
  readonly list: SymbolList | undefined;
  /**
   * Finds a symbol that may be held: listed, traded or paused, and valued in USDT directly or through `<quote>usdt`.
   * @throws AppError unprocessable with the reason and, where one is close, a suggestion; unavailable while no list is
   * known
   */
  resolve(symbol: string): HeldSymbol;
  /**
   * Whether more of a held coin may be had. While no list is known it may: it was valued when it was taken.
   * @throws AppError unprocessable where the exchange has ended its trading or lists it no longer, else as `resolve`
   */
  requireMore(symbol: string): void;
  /** How the exchange's list has it; undefined while no list is known. */
  standing(symbol: string): Standing | undefined;
  /** What a symbol of the list is of and priced in, also one whose trading was ended; undefined for any other. */
  assets(symbol: string): Assets | undefined;
  /** False only when a list is known and does not have the symbol. */
  mayExist(symbol: string): boolean;
  /** Everything that may be held, in the exchange's order. @throws AppError unavailable while no list is known */
  listed(): { readonly revision: string; readonly symbols: readonly ListedSymbol[] };
}

/** Upper case; the keys are those of the REST interface. */
export interface Assets {
  readonly BaseAsset: string;
  readonly QuoteAsset: string;
}

/** A symbol that may be held. */
export interface ListedSymbol extends Assets {
  /** Lower case. */
  readonly Symbol: string;
  /** Paused: not traded now, and expected to be again. */
  readonly Status: 'trading' | 'paused';
  /** The step of its price, decimal text; missing where the exchange does not say it. */
  readonly TickSize?: string;
  /** The step of quantities in orders, likewise. */
  readonly StepSize?: string;
}

/**
 * The exchange's status of a symbol that is not traded any more, unless the list says that it pauses. Other pauses end
 * by themselves.
 */
const delisted = 'BREAK';
const valuationAsset = 'USDT';
const retryAfterMs = 5_000;

/** @param quoteAsset in either case; not empty, and what the symbol ends with */
export const assetsOf = ({ symbol, quoteAsset }: Pick<SymbolEntry, 'symbol' | 'quoteAsset'>): Assets => ({
  BaseAsset: symbol.slice(0, -quoteAsset.length).toUpperCase(),
  QuoteAsset: quoteAsset.toUpperCase(),
});

/** For a symbol in an address. */
export const unlisted = (symbol: string): AppError => {
  const message = `The exchange does not list ${JSON.stringify(symbol)}.`;
  return new AppError('not_found', message, { fields: [{ field: 'symbol', message, reason: 'unknown-symbol' }] });
};

export const createSymbols = (): Symbols => {
  let revision: string | undefined;
  let newest: SymbolList | undefined;
  let bySymbol = new Map<string, SymbolEntry>();
  let suggest: SuggestSymbol = () => undefined;
  let listed: readonly ListedSymbol[] = [];

  const conversionOf = (entry: SymbolEntry): string | undefined =>
    entry.quoteAsset === valuationAsset ? undefined : `${entry.quoteAsset}${valuationAsset}`.toLowerCase();
  const standingOf = ({ status, paused }: SymbolEntry): Standing =>
    status === 'TRADING' ? 'trading' : status !== delisted || paused ? 'paused' : 'gone';
  const isUsable = (entry: SymbolEntry | undefined): entry is SymbolEntry =>
    entry !== undefined && standingOf(entry) !== 'gone';
  const standing = (symbol: string): Standing | undefined => {
    const entry = bySymbol.get(symbol);
    return revision === undefined ? undefined : entry ? standingOf(entry) : 'gone';
  };
  const isValued = (entry: SymbolEntry): boolean => {
    const conversion = conversionOf(entry);
    return conversion === undefined || isUsable(bySymbol.get(conversion));
  };
  const notKnown = () =>
    new AppError('unavailable', 'The list of symbols is not known yet; please try again in a few seconds.', {
      retryAfterMs,
    });
  const refusal = (reason: string, why: string, suggestion?: string): AppError => {
    const message = suggestion ? `${why} Did you mean ${suggestion}?` : why;
    return new AppError('unprocessable', message, { fields: [{ field: 'symbol', message, reason }] });
  };
  const goneOf = (symbol: string) => refusal('symbol-delisted', `The exchange no longer trades ${symbol}.`);

  const resolve = (symbol: string): HeldSymbol => {
    if (revision === undefined) throw notKnown();
    const entry = bySymbol.get(symbol);
    if (!entry && /^(usdt?)+$/.test(symbol))
      throw refusal(
        'valuation-asset',
        `${valuationAsset} is what everything is valued in; hold a coin that has a price in it, such as btcusdt.`,
      );
    if (!entry)
      throw refusal('unknown-symbol', `The exchange does not list ${JSON.stringify(symbol)}.`, suggest(symbol));
    if (!isUsable(entry)) throw goneOf(symbol);
    if (!isValued(entry)) {
      const { quoteAsset } = entry;
      const sibling = symbol.slice(0, -quoteAsset.length) + valuationAsset.toLowerCase();
      throw refusal(
        'symbol-not-valued',
        `${symbol} is priced in ${quoteAsset}, which cannot be converted to USDT: ${conversionOf(entry)} is not traded.`,
        isUsable(bySymbol.get(sibling)) ? sibling : undefined,
      );
    }
    return { symbol, quoteAsset: entry.quoteAsset.toLowerCase() };
  };

  return {
    replace: (list) => {
      revision = list.revision;
      newest = list;
      bySymbol = new Map(list.symbols.map((entry) => [entry.symbol, entry]));
      const mayBeHeld = list.symbols.filter((entry) => isUsable(entry) && isValued(entry));
      suggest = createSymbolSuggestion(mayBeHeld, valuationAsset);
      listed = mayBeHeld.map((entry) => ({
        Symbol: entry.symbol,
        ...assetsOf(entry),
        Status: standingOf(entry) === 'trading' ? 'trading' : 'paused',
        ...(entry.tickSize ? { TickSize: entry.tickSize } : {}),
        ...(entry.stepSize ? { StepSize: entry.stepSize } : {}),
      }));
    },
    get revision() {
      return revision;
    },
    get list() {
      return newest;
    },
    resolve,
    requireMore: (symbol) => {
      if (standing(symbol) === 'gone') throw goneOf(symbol);
      if (revision !== undefined) resolve(symbol);
    },
    listed: () => {
      if (revision === undefined) throw notKnown();
      return { revision, symbols: listed };
    },
    standing,
    assets: (symbol) => {
      const entry = bySymbol.get(symbol);
      return entry && assetsOf(entry);
    },
    mayExist: (symbol) => revision === undefined || bySymbol.has(symbol),
  };
};
