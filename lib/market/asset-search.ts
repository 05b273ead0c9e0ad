import fuzzysort, { type SnapshotKeys } from 'fuzzysort';
import { assetAliases } from './asset-aliases.js';
import { coinName, knownAssets } from './asset-names.js';
import { typingDistance } from './typing-distance.js';

/** What an asset has a price by. */
export interface AssetMarket {
  /** Lower case. */
  readonly symbol: string;
  /** Both upper case. */
  readonly base: string;
  readonly quote: string;
}

/** An asset that was searched for. */
export interface FoundAsset<Market extends AssetMarket> {
  /** Upper case. */
  readonly asset: string;
  /** Its ticker where nobody knows another name. */
  readonly name: string;
  /** The usual one first; none for what everything is valued in. */
  readonly markets: readonly Market[];
  /** The one that was typed, else the usual one. */
  readonly market: Market | undefined;
  /** How well it fits: 1 and more for what was typed in full, 0.5 for a good guess. */
  readonly score: number;
}

export interface AssetSearch<Market extends AssetMarket> {
  /** What fits, the best first; nothing for nothing. */
  find(typed: string, limit?: number): readonly FoundAsset<Market>[];
  /** By its ticker, upper case. */
  asset(ticker: string): FoundAsset<Market> | undefined;
  /** The best known one of which this is a whole name. */
  named(typed: string): FoundAsset<Market> | undefined;
  /** The one of which this is a name with a letter or two mistyped. */
  nearlyNamed(typed: string): FoundAsset<Market> | undefined;
}

/** What everything is valued in. */
const valuationAsset = 'USDT';
/** Of the others, those that are most like it first. */
const usualQuotes = [valuationAsset, 'USDC', 'FDUSD', 'TUSD', 'EUR', 'BTC', 'ETH', 'BNB'];
const quoteRank = (quote: string) => {
  const at = usualQuotes.indexOf(quote);
  return at < 0 ? usualQuotes.length : at;
};

/** A pair, a name and a pair that is not listed, typed in full; one or two letters mistyped in a name. */
const [pairScore, nameScore, otherPairScore, typoScores] = [3, 2, 1, [0.72, 0.66]] as const;
/** Below it letters stand too far apart to be meant. */
const leastScore = 0.4;
/** Between two that fit alike, the one that people know better, and of two unknown ones the shorter. */
const knownBonus = 0.1;
const usualLimit = 40;
/** Letters of the shorter one. */
const leastForTypos = 4;
/** From here on it was hardly meant otherwise: a name, or the beginning of one. */
export const sureScore = 0.85;

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase().replaceAll('ё', 'е');
/** People write pairs with all kinds of signs in between. */
const compact = (text: string): string => text.replace(/[\s/_:.-]+/g, '');

/** How many letters are wrong; in a short name each letter makes another asset. */
const typosBetween = (query: string, name: string): number => {
  if (query === name) return 0;
  return Math.min(query.length, name.length) < leastForTypos ? Number.POSITIVE_INFINITY : typingDistance(query, name);
};

interface Target<Market extends AssetMarket> extends Pick<FoundAsset<Market>, 'asset' | 'name' | 'markets'> {
  /** All names in lower case, the ticker too. */
  readonly names: readonly string[];
}

const targetsOf = <Market extends AssetMarket>(markets: readonly Market[]): readonly Target<Market>[] => {
  const byAsset = new Map<string, Market[]>([[valuationAsset, []]]);
  for (const market of markets) {
    const known = byAsset.get(market.base);
    if (known) known.push(market);
    else byAsset.set(market.base, [market]);
  }
  return [...byAsset].map(([asset, of]) => {
    const name = coinName(asset) ?? asset;
    return {
      asset,
      name,
      markets: of.sort((a, b) => quoteRank(a.quote) - quoteRank(b.quote) || (a.symbol < b.symbol ? -1 : 1)),
      names: [...new Set([asset, name, ...(assetAliases.get(asset) ?? [])].map(plain))],
    };
  });
};

/** Finds assets by ticker, by name in English, German and Russian, by a pair, and by what is nearly one of these. */
export const createAssetSearch = <Market extends AssetMarket>(markets: readonly Market[]): AssetSearch<Market> => {
  const targets = targetsOf(markets);
  const byAsset = new Map(targets.map((target) => [target.asset, target]));
  const bySymbol = new Map(markets.map((market) => [market.symbol, market]));
  const quotes = [...new Set(markets.map(({ quote }) => quote))];
  let made: SnapshotKeys<Target<Market>> | undefined;
  const snapshot = () => {
    made ??= fuzzysort.snapshot(targets, { keys: ['asset', 'name', ({ names }) => names.join(' ')] });
    return made;
  };

  /** `btc-usd`, `btc/usdt` and `usdt/btc` are all the price of one asset. */
  const marketOf = (query: string): Market | undefined => {
    const pair = compact(query);
    const usual = valuationAsset.toLowerCase();
    return (
      bySymbol.get(pair) ??
      bySymbol.get(pair.replace(/usd$/, usual)) ??
      (pair.startsWith(usual) ? bySymbol.get(pair.slice(usual.length) + usual) : undefined)
    );
  };
  const typosIn = ({ names }: Target<Market>, query: string) =>
    Math.min(...names.map((name) => typosBetween(query, name)));
  /** Of a pair that is not listed: `doge/eur`. */
  const baseOf = (query: string): Target<Market> | undefined => {
    const pair = compact(query).toUpperCase();
    const quote = quotes.find((one) => pair.endsWith(one) && byAsset.has(pair.slice(0, -one.length)));
    return quote === undefined ? undefined : byAsset.get(pair.slice(0, -quote.length));
  };
  const bonusOf = ({ asset }: Target<Market>): number => {
    const at = knownAssets.indexOf(asset);
    return at < 0 ? -asset.length / 1_000 : knownBonus * (1 - at / knownAssets.length);
  };

  const foundOf = ({ asset, name, markets: of }: Target<Market>, score: number): FoundAsset<Market> => ({
    ...{ asset, name, markets: of, market: of[0], score },
  });

  const find = (typed: string, limit = usualLimit): readonly FoundAsset<Market>[] => {
    const query = plain(typed);
    if (query === '') return [];
    const scores = new Map<Target<Market>, number>();
    const raise = (target: Target<Market>, score: number) =>
      scores.set(target, Math.max(score, scores.get(target) ?? 0));
    for (const { obj, score } of fuzzysort.go(query, snapshot(), { limit: 0, threshold: leastScore }))
      raise(obj, score);
    for (const target of targets) {
      const typos = typosIn(target, query);
      if (typos === 0) raise(target, nameScore);
      else if (Number.isFinite(typos)) raise(target, typoScores[typos - 1] ?? leastScore);
    }
    const pair = marketOf(query);
    const ofPair = pair ? byAsset.get(pair.base) : baseOf(query);
    if (ofPair) raise(ofPair, pair ? pairScore : otherPairScore);
    return [...scores]
      .map(([target, score]) => ({ target, score: score + bonusOf(target) }))
      .sort((a, b) => b.score - a.score || (a.target.asset < b.target.asset ? -1 : 1))
      .slice(0, limit)
      .map(({ target, score }) => {
        const found = foundOf(target, score);
        return pair?.base === found.asset ? { ...found, market: pair } : found;
      });
  };
  /** Of all with so few typos the best known one, of which there is more than a letter or two to go by. */
  const nearest = (typed: string, isNear: (typos: number) => boolean) => {
    const query = plain(typed);
    const [best] = targets
      .map((target) => ({ target, typos: typosIn(target, query) }))
      .filter(({ typos }) => isNear(typos))
      .sort((a, b) => a.typos - b.typos || bonusOf(b.target) - bonusOf(a.target));
    return best && foundOf(best.target, nameScore - best.typos);
  };
  return {
    find,
    asset: (ticker) => {
      const target = byAsset.get(ticker);
      return target && foundOf(target, nameScore);
    },
    named: (typed) => nearest(typed, (typos) => typos === 0),
    nearlyNamed: (typed) => nearest(typed, Number.isFinite),
  };
};
