import { marketOf } from '../holdings/markets.js';
import type { ShownPortfolio } from '../holdings/shown-portfolio.js';
import type { Listing } from '../prices/listing.js';
import type { PriceBoard } from '../prices/price-board.js';
import { type Cash, createCash, createHolding, type Holding } from './portfolio-frame.js';

/** What a frame is rendered of. */
export interface ShownRows {
  readonly holdings: readonly Holding[];
  /** Undefined where the frame says nothing of it. */
  readonly cash: readonly Cash[] | undefined;
}

/** Whose prices it needs, each once. */
export const listingsOf = ({ holdings, cash = [] }: ShownRows): Set<Listing> =>
  new Set([...holdings.map(({ listing }) => listing), ...cash.flatMap(({ listing }) => listing ?? [])]);

const held = new WeakMap<ShownRows, ReadonlySet<Listing>>();
/** Those of holdings alone: asked for with every price that is watched, so looked through once. */
export const heldListings = (rows: ShownRows): ReadonlySet<Listing> => {
  const known = held.get(rows);
  if (known) return known;
  const found = new Set(rows.holdings.map(({ listing }) => listing));
  held.set(rows, found);
  return found;
};

const isSame = <One>(before: readonly One[] = [], now: readonly One[] = []): boolean =>
  before.length === now.length && now.every((one, at) => one === before[at]);
/** Whether nothing changed: what did not is the same object. */
export const areSame = (before: ShownRows, now: ShownRows): boolean =>
  isSame(before.holdings, now.holdings) && isSame(before.cash, now.cash);

const holdingsOf = (board: PriceBoard, before: readonly Holding[], coins: ShownPortfolio['coins']): Holding[] => {
  const known = new Map(before.map((holding) => [holding.listing, holding]));
  return coins.map(({ symbol, quoteAsset, quantity, version }) => {
    const listing = board.listing(symbol, quoteAsset);
    const same = known.get(listing);
    return same?.quantityText === quantity && same.version === version
      ? same
      : createHolding(listing, quantity, version);
  });
};
const cashOf = (board: PriceBoard, before: readonly Cash[], held: NonNullable<ShownPortfolio['cash']>): Cash[] =>
  held.map(({ asset, quantity, version }) => {
    const same = before.find((one) => one.asset === asset);
    if (same?.quantityText === quantity && same.version === version) return same;
    const market = marketOf(asset, '');
    return createCash(asset, market && board.listing(market.symbol, market.quoteAsset), quantity, version);
  });

/** @param before keeps its objects where nothing changed. @param of another portfolio than the default one */
export const rowsOf = (
  board: PriceBoard,
  before: ShownRows,
  { coins, cash = [] }: ShownPortfolio,
  of: string | undefined,
): ShownRows => ({
  holdings: holdingsOf(board, before.holdings, coins),
  cash: of !== undefined || cash.length > 0 ? cashOf(board, before.cash ?? [], cash) : undefined,
});
