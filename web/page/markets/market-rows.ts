import type { TickersAnswer } from '@tickfolio/api/tickers';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { createAssetSearch } from '@tickfolio/lib/market/asset-search';
import { compare, type Decimal } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { LivePrice } from '../watchlist/watched-prices.js';
import { type MarketOrder, type MarketSort, usualOrder } from './markets-search.js';

/** The last 24 hours of a market. */
export type Ticker = TickersAnswer['tickers'][number];

/** One row: an asset by its usual market, or a market. */
export interface MarketRow extends Ticker {
  readonly name: string;
}

const usualQuote = 'USDT';

/** Each asset once: by its market in USDT, else by its most traded one. @param tickers the most traded ones first */
const assetsOf = (tickers: readonly Ticker[]): readonly Ticker[] => {
  const usual = new Map<string, Ticker>();
  for (const ticker of tickers) {
    const before = usual.get(ticker.base);
    if (!before || (ticker.quote === usualQuote && before.quote !== usualQuote)) usual.set(ticker.base, ticker);
  }
  return tickers.filter((ticker) => usual.get(ticker.base) === ticker);
};

/**
 * The rows of a view, the most traded ones first.
 * @param quote undefined for each asset once
 */
export const marketRows = (tickers: readonly Ticker[], quote: string | undefined): readonly MarketRow[] =>
  (quote === undefined ? assetsOf(tickers) : tickers.filter((ticker) => ticker.quote === quote)).map((ticker) => ({
    ...ticker,
    name: coinName(ticker.base) ?? ticker.base,
  }));

/**
 * The rows of what is watched, as they were added, with the prices of now where those are newer.
 * @param watched assets by symbols
 */
export const watchedRows = (
  tickers: readonly Ticker[],
  watched: ReadonlyMap<string, string>,
  prices: ReadonlyMap<string, LivePrice>,
): readonly MarketRow[] => {
  const found = new Map(tickers.flatMap((ticker) => (watched.has(ticker.symbol) ? [[ticker.symbol, ticker]] : [])));
  return [...watched.keys()].flatMap((symbol) => {
    const ticker = found.get(symbol);
    if (!ticker) return [];
    const live = prices.get(symbol);
    const price = live && live.atMs > Date.parse(ticker.time) ? live.price : ticker.price;
    return [{ ...ticker, price, name: coinName(ticker.base) ?? ticker.base }];
  });
};

/** What is watched and not traded now. Nothing while no market is known: that says nothing of any. */
export const untradedOf = (
  tickers: readonly Ticker[],
  watched: ReadonlyMap<string, string>,
): readonly (readonly [symbol: string, asset: string])[] => {
  const traded = new Set(tickers.map(({ symbol }) => symbol));
  return tickers.length === 0 ? [] : [...watched].filter(([symbol]) => !traded.has(symbol));
};

/** What markets are priced in, the one with the most markets first. */
export const quotesOf = (tickers: readonly Pick<Ticker, 'quote'>[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { quote } of tickers) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([quote]) => quote);
};

/** What fits, best first. */
export const foundRows = (rows: readonly MarketRow[], typed: string): readonly MarketRow[] =>
  createAssetSearch(rows)
    .find(typed, rows.length)
    .flatMap(({ markets, market }) => (market === markets[0] ? markets : (market ?? [])));

const figures: Readonly<Record<Exclude<MarketSort, 'name'>, (row: Ticker) => string | null>> = {
  price: ({ price }) => price,
  '1h': ({ change1h }) => change1h,
  '24h': ({ change24h }) => change24h,
  '7d': ({ change7d }) => change7d,
  volume: ({ quoteVolumeUsdt24h }) => quoteVolumeUsdt24h,
  range: ({ range24h }) => range24h,
};

const byName = new Intl.Collator('en', { numeric: true });

/** In exact order; what is not known comes last either way, and equal ones stay as they were. */
export const sortedRows = (
  rows: readonly MarketRow[],
  sort: MarketSort,
  order: MarketOrder = usualOrder(sort),
): readonly MarketRow[] => {
  const sign = order === 'asc' ? 1 : -1;
  if (sort === 'name') return rows.toSorted((a, b) => sign * byName.compare(a.name, b.name));
  const keyed = rows.map((row) => {
    const figure = figures[sort](row);
    return { row, key: figure === null ? undefined : exact(figure) };
  });
  const inOrder = (a: Decimal | undefined, b: Decimal | undefined) =>
    a && b ? sign * compare(a, b) : Number(!a) - Number(!b);
  return keyed.sort((a, b) => inOrder(a.key, b.key)).map(({ row }) => row);
};
