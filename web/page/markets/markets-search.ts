import { allColumns, type MarketColumn, marketColumns } from './market-columns.js';

/** What rows are put in order by. */
const marketSorts = ['name', 'price', '1h', '24h', '7d', 'volume', 'range'] as const;
export type MarketSort = (typeof marketSorts)[number];
export type MarketOrder = 'asc' | 'desc';
/** Whose markets are shown. */
export const marketLists = ['all', 'watchlist'] as const;
export type MarketList = (typeof marketLists)[number];

/** What of the markets' page stands in its address; what is usual is left out. */
export interface MarketsSearch {
  /** Usual: all. */
  readonly list?: Exclude<MarketList, 'all'> | undefined;
  /** What is searched for. */
  readonly q?: string | undefined;
  /** Upper case: the markets that are priced in this asset. Usual: each asset once. */
  readonly quote?: string | undefined;
  readonly sort?: MarketSort | undefined;
  /** Where it is not the usual one of that sort. */
  readonly order?: MarketOrder | undefined;
  /** Those that are shown, by points: `24h.volume`. */
  readonly columns?: string | undefined;
}

const maxLength = 64;
const noColumns = 'none';

/** Names begin at the front, figures with the largest. */
export const usualOrder = (sort: MarketSort): MarketOrder => (sort === 'name' ? 'asc' : 'desc');

/** As it stands in the address; undefined for all. */
export const columnsText = (columns: readonly MarketColumn[]): string | undefined =>
  columns.length === allColumns.length
    ? undefined
    : marketColumns.filter((one) => columns.includes(one)).join('.') || noColumns;

export const columnsOf = ({ columns }: MarketsSearch): readonly MarketColumn[] => {
  const named = columns?.split('.');
  return named ? marketColumns.filter((one) => named.includes(one)) : allColumns;
};

const oneOf = <Value extends string>(values: readonly Value[], given: unknown): Value | undefined =>
  values.find((value) => value === given);

/** Words that name no column at all are none of ours. */
const readColumns = (given: unknown): string | undefined => {
  if (typeof given !== 'string') return undefined;
  const columns = columnsOf({ columns: given });
  return columns.length > 0 || given === noColumns ? columnsText(columns) : undefined;
};

/** Of an address that somebody may have written by hand. */
export const readMarketsSearch = (given: Readonly<Record<string, unknown>>): MarketsSearch => {
  // The router takes digits for a number.
  const q = typeof given.q === 'number' ? String(given.q) : given.q;
  const { quote } = given;
  const sort = oneOf(marketSorts, given.sort);
  const order = oneOf(['asc', 'desc'] as const, given.order);
  // Undefined where it is none: what is left out stays as it is written.
  return {
    list: oneOf(['watchlist'] as const, given.list),
    q: typeof q === 'string' && q !== '' ? q.slice(0, maxLength) : undefined,
    quote: typeof quote === 'string' && /^[\w-]{1,32}$/.test(quote) ? quote.toUpperCase() : undefined,
    sort,
    order: sort && order && order !== usualOrder(sort) ? order : undefined,
    columns: readColumns(given.columns),
  } satisfies Required<MarketsSearch>;
};
