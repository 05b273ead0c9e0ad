import { coinName, popularAssets } from '@tickfolio/lib/market/asset-names';
import type { ListedSymbol } from './use-symbols.js';

/** A symbol as the search shows it. */
export interface FoundSymbol {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly name: string;
  /** Not traded at the moment. */
  readonly paused?: boolean;
}

export interface SymbolGroup {
  readonly kind: 'recent' | 'popular' | 'results';
  readonly symbols: readonly FoundSymbol[];
}

const maxResults = 40;

const toFound = ({ Symbol: symbol, BaseAsset, QuoteAsset, Status }: ListedSymbol): FoundSymbol => ({
  symbol,
  base: BaseAsset,
  quote: QuoteAsset,
  name: coinName(BaseAsset) ?? BaseAsset,
  paused: Status === 'paused',
});

/** Smaller is better; undefined for no match. */
const rank = ({ symbol, base, quote, name }: FoundSymbol, query: string): number | undefined => {
  const [asset, title] = [base.toLowerCase(), name.toLowerCase()];
  const otherQuote = quote === 'USDT' ? 0 : 0.5;
  const known = popularAssets.includes(base) ? 0 : 0.25;
  if (asset === query || symbol === query) return otherQuote;
  if (title === query) return 1 + otherQuote;
  if (asset.startsWith(query)) return 2 + otherQuote + known;
  if (title.startsWith(query)) return 3 + otherQuote + known;
  if (title.split(' ').some((word) => word.startsWith(query))) return 4 + otherQuote + known;
  if (symbol.startsWith(query)) return 5 + otherQuote;
  return title.includes(query) ? 6 + otherQuote + known : undefined;
};

/** Without a query what was used lately and what is well known; else what fits, best first. */
export const searchSymbols = (
  all: readonly ListedSymbol[],
  typed: string,
  recent: readonly string[],
): readonly SymbolGroup[] => {
  const query = typed
    .trim()
    .toLowerCase()
    .replace(/[/\s-]+(?=usdt|btc|eth|bnb)/g, '');
  if (query === '') {
    const bySymbol = new Map(all.map((entry) => [entry.Symbol, entry]));
    const pick = (symbols: readonly string[]) => symbols.flatMap((symbol) => bySymbol.get(symbol) ?? []).map(toFound);
    const used = pick(recent);
    const popular = pick(popularAssets.map((asset) => `${asset.toLowerCase()}usdt`)).filter(
      ({ symbol }) => !recent.includes(symbol),
    );
    const groups: readonly SymbolGroup[] = [
      { kind: 'recent', symbols: used },
      { kind: 'popular', symbols: popular },
    ];
    return groups.filter(({ symbols }) => symbols.length > 0);
  }
  const symbols = all
    .flatMap((entry) => {
      const found = toFound(entry);
      const score = rank(found, query);
      return score === undefined ? [] : [{ found, score }];
    })
    .sort(
      (a, b) =>
        a.score - b.score ||
        a.found.symbol.length - b.found.symbol.length ||
        a.found.symbol.localeCompare(b.found.symbol),
    )
    .slice(0, maxResults)
    .map(({ found }) => found);
  return symbols.length > 0 ? [{ kind: 'results', symbols }] : [];
};
