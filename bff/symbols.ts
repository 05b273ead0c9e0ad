import { AppError } from '@tickfolio/lib/errors';
import type { SymbolEntry, SymbolList } from './aggregator-client.js';
import type { HeldSymbol } from './portfolios.js';

/** What the exchange lists, as far as it is known here. */
export interface Symbols {
  replace(list: SymbolList): void;
  /** Undefined until a list was read. */
  readonly revision: string | undefined;
  /**
   * Finds a symbol that may be held: listed, not delisted, and valued in USDT directly or through `<quote>usdt`.
   * @throws AppError unprocessable with the reason and, where one is close, a suggestion; unavailable while no list is known
   */
  resolve(symbol: string): HeldSymbol;
  /** False only when a list is known and does not have the symbol. */
  mayExist(symbol: string): boolean;
}

/** The exchange's status of a symbol that is not traded any more and will not be. Other pauses end by themselves. */
const delisted = 'BREAK';
const valuationAsset = 'USDT';
const retryAfterMs = 5_000;
const maxSuggestionDistance = 2;

/** Optimal string alignment distance (insert, delete, replace, swap neighbours), given up past `limit`. */
export const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
};

export const createSymbols = (): Symbols => {
  let revision: string | undefined;
  let bySymbol = new Map<string, SymbolEntry>();

  const conversionOf = (entry: SymbolEntry): string | undefined =>
    entry.quoteAsset === valuationAsset ? undefined : `${entry.quoteAsset}${valuationAsset}`.toLowerCase();
  const isUsable = (entry: SymbolEntry | undefined): entry is SymbolEntry => entry !== undefined && entry.status !== delisted;
  const isValued = (entry: SymbolEntry): boolean => {
    const conversion = conversionOf(entry);
    return conversion === undefined || isUsable(bySymbol.get(conversion));
  };
  const mayBeHeld = (symbol: string): boolean => {
    const entry = bySymbol.get(symbol);
    return isUsable(entry) && isValued(entry);
  };
  const suggest = (symbol: string): string | undefined => {
    const plain = symbol.replace(/[\s/_:.-]+/g, '');
    const obvious = [plain, `${plain}usdt`, plain.replace(/usd$/, 'usdt')].find((text) => text !== symbol && mayBeHeld(text));
    if (obvious) return obvious;
    let best: { symbol: string; distance: number } | undefined;
    for (const candidate of bySymbol.values()) {
      const distance = editDistance(plain, candidate.symbol, maxSuggestionDistance);
      if (distance > maxSuggestionDistance || distance >= plain.length || !mayBeHeld(candidate.symbol)) continue;
      const closer = !best || distance < best.distance;
      const nicer = best?.distance === distance && candidate.quoteAsset === valuationAsset && !best.symbol.endsWith('usdt');
      if (closer || nicer) best = { symbol: candidate.symbol, distance };
    }
    return best?.symbol;
  };
  const refusal = (symbol: string, why: string): AppError => {
    const suggestion = suggest(symbol);
    const message = suggestion ? `${why} Did you mean ${suggestion}?` : why;
    return new AppError('unprocessable', message, { fields: [{ field: 'symbol', message }] });
  };

  return {
    replace: (list) => {
      revision = list.revision;
      bySymbol = new Map(list.symbols.map((entry) => [entry.symbol, entry]));
    },
    get revision() {
      return revision;
    },
    resolve: (symbol) => {
      if (revision === undefined) {
        throw new AppError('unavailable', 'The list of symbols is not known yet; please try again in a few seconds.', { retryAfterMs });
      }
      const entry = bySymbol.get(symbol);
      if (!entry) throw refusal(symbol, `The exchange does not list ${JSON.stringify(symbol)}.`);
      if (!isUsable(entry)) throw refusal(symbol, `The exchange no longer trades ${symbol}.`);
      if (!isValued(entry)) {
        throw refusal(
          symbol,
          `${symbol} is priced in ${entry.quoteAsset}, which cannot be converted to USDT: ${conversionOf(entry)} is not traded.`,
        );
      }
      return { symbol, quoteAsset: entry.quoteAsset.toLowerCase() };
    },
    mayExist: (symbol) => revision === undefined || bySymbol.has(symbol),
  };
};
