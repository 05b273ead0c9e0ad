import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { type AssetKind, assetKindOf, isCash } from '@tickfolio/lib/market/asset-kinds';
import { isSymbol } from '@tickfolio/lib/market/symbol';

/** What is known of an asset, by the exchange's list of symbols. */
export interface KnownAsset {
  /** Upper case. */
  readonly asset: string;
  readonly kind: AssetKind;
  /** The symbol by which it is valued where nobody says another; empty for cash, and where it has no market. */
  readonly defaultVia: string;
  /** Of that market. */
  readonly quoteAsset: string | null;
  /** Whether the exchange trades it: against something, or something against it. */
  readonly listed: boolean;
}

type Market = Pick<ListedSymbol, 'symbol' | 'baseAsset' | 'quoteAsset' | 'status' | 'paused'>;

/** So the exchange says both of what pauses and of what it has delisted; `paused` tells them apart. */
const delisted = 'BREAK';
const isTraded = ({ status, paused }: Market): boolean => status !== delisted || paused;

/** In which an asset is valued best, the best first: everything is worth something in USDT in the end. */
const quotes = ['USDT', 'USDC', 'FDUSD', 'BTC', 'ETH', 'BNB', 'EUR'];
const rankOf = (quote: string): number => (quotes.includes(quote) ? quotes.indexOf(quote) : quotes.length);

const isName = (asset: string): boolean => isSymbol(asset.toLowerCase()) && asset === asset.toUpperCase();
/** One bad row costs itself only. Whoever has the symbol reads its assets out of it. */
const isReadable = ({ symbol, baseAsset, quoteAsset }: Market): boolean =>
  isName(baseAsset) && isName(quoteAsset) && symbol === `${baseAsset}${quoteAsset}`.toLowerCase() && isSymbol(symbol);

/** A market that trades before one that does not, then by what it is quoted in; always the same one. */
const isBetter = (one: Market, other: Market): boolean => {
  if (isTraded(one) !== isTraded(other)) return isTraded(one);
  const [rank, otherRank] = [rankOf(one.quoteAsset), rankOf(other.quoteAsset)];
  return rank === otherRank ? one.symbol < other.symbol : rank < otherRank;
};

/** What a list of symbols says of assets, by their names. */
export const assetsOf = (symbols: readonly Market[]): ReadonlyMap<string, KnownAsset> => {
  const best = new Map<string, Market>();
  const traded = new Set<string>();
  const names = new Set<string>();
  for (const market of symbols) {
    if (!isReadable(market)) continue;
    const { baseAsset, quoteAsset } = market;
    for (const name of [baseAsset, quoteAsset]) {
      names.add(name);
      if (isTraded(market)) traded.add(name);
    }
    const before = best.get(baseAsset);
    if (!before || isBetter(market, before)) best.set(baseAsset, market);
  }
  const knownOf = (asset: string): KnownAsset => {
    const market = isCash(asset) ? undefined : best.get(asset);
    const valued = { defaultVia: market?.symbol ?? '', quoteAsset: market?.quoteAsset ?? null };
    return { asset, kind: assetKindOf(asset), ...valued, listed: traded.has(asset) };
  };
  return new Map([...names].sort().map((name) => [name, knownOf(name)]));
};
