import { createAssetSearch } from '@tickfolio/lib/market/asset-search';
import { toleranceOf, typingDistance } from '@tickfolio/lib/market/typing-distance';
import type { SymbolEntry } from './aggregator-client.js';

/**
 * Finds the symbol that somebody most likely meant; undefined where nothing is close enough to be more than a guess.
 */
export type SuggestSymbol = (typed: string) => string | undefined;

const tooFar = Number.POSITIVE_INFINITY;

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
  const assets = createAssetSearch(
    listed.map(({ symbol, quote, base }) => ({ symbol, base: base.toUpperCase(), quote: quote.toUpperCase() })),
  );
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
    const named = assets.named(typed)?.market?.symbol;
    if (named !== undefined) return named;
    const symbol = nearest((candidate) => {
      if (quote !== undefined && candidate.quote !== quote) return tooFar;
      const byBase = typingDistance(base, candidate.base);
      // Without a quote asset that is known, that part may be what was mistyped.
      return quote === undefined
        ? Math.min(byBase, typingDistance(plain, candidate.symbol, toleranceOf(plain.length - 2)))
        : byBase;
    });
    return symbol ?? assets.nearlyNamed(typed)?.market?.symbol;
  };
};
