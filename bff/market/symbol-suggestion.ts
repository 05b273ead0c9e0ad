import type { SymbolEntry } from './aggregator-client.js';

/**
 * Finds the symbol that somebody most likely meant; undefined where nothing is close enough to be more than a guess.
 */
export type SuggestSymbol = (typed: string) => string | undefined;

/** Optimal string alignment distance (insert, delete, replace, swap neighbours), given up past `limit`. */
const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
};

/** How many letters may be wrong in a name of so many: in a short one a single other letter is another coin. */
const toleranceOf = (length: number): number => (length <= 2 ? 0 : length <= 5 ? 1 : 2);

const isSameStart = (a: string, b: string): boolean => a[0] === b[0] || (a[0] === b[1] && a[1] === b[0]);

const tooFar = Number.POSITIVE_INFINITY;

/** How far a mistyped name is from a real one; people rarely get the first letter wrong, save by swapping it. */
const distanceOf = (typed: string, name: string, limit: number): number => {
  if (!isSameStart(typed, name)) return tooFar;
  const distance = editDistance(typed, name, limit);
  return distance <= limit ? distance : tooFar;
};

/**
 * @param symbols those that may be held; of equally close ones the earlier is suggested
 * @param valuationAsset upper case; it is no coin to be held, so nothing is near it
 */
export const createSymbolSuggestion = (symbols: readonly SymbolEntry[], valuationAsset: string): SuggestSymbol => {
  const defaultQuote = valuationAsset.toLowerCase();
  const listed = symbols.map(({ symbol, quoteAsset }) => {
    const quote = quoteAsset.toLowerCase();
    return { symbol, quote, base: symbol.endsWith(quote) ? symbol.slice(0, -quote.length) : symbol };
  });
  // Those quoted in the valuation asset first, otherwise in the order of the list.
  listed.sort((a, b) => Number(b.quote === defaultQuote) - Number(a.quote === defaultQuote));
  const names = new Set(listed.map(({ symbol }) => symbol));
  const quotes = [...new Set(listed.map(({ quote }) => quote))].sort((a, b) => b.length - a.length);

  /** The first of the closest ones. */
  const nearest = (distanceTo: (candidate: (typeof listed)[number]) => number): string | undefined => {
    let best: { symbol: string; distance: number } | undefined;
    for (const candidate of listed) {
      const distance = distanceTo(candidate);
      if (distance < (best?.distance ?? tooFar)) best = { symbol: candidate.symbol, distance };
    }
    return best?.symbol;
  };

  return (typed) => {
    const plain = typed.replace(/[\s/_:.-]+/g, '');
    const quote = quotes.find((one) => plain.endsWith(one) && plain !== one);
    const base = quote ? plain.slice(0, -quote.length) : plain;
    // Written the other way round, USDT/BTC is the price of a coin too.
    const obvious = [
      plain,
      plain.replace(/usd$/, defaultQuote),
      `${base === defaultQuote ? quote : base}${defaultQuote}`,
    ];
    const found = obvious.find((text) => text !== typed && names.has(text));
    if (found || base === defaultQuote) return found;
    return nearest((candidate) => {
      if (quote !== undefined && candidate.quote !== quote) return tooFar;
      const byBase = distanceOf(base, candidate.base, toleranceOf(Math.max(base.length, candidate.base.length)));
      // Without a quote asset that is known, that part may be what was mistyped.
      return quote === undefined
        ? Math.min(byBase, distanceOf(plain, candidate.symbol, toleranceOf(plain.length - 2)))
        : byBase;
    });
  };
};
