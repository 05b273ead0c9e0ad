import type { Holding } from '../../live/holdings.js';

/** A row of the table: an asset, or one of the markets it is held through. */
interface TableRow {
  /** As the row carries it for its keys. */
  readonly name: string;
  readonly asset: string;
  /** Undefined for the asset itself. */
  readonly symbol?: string;
}

/** The rows of holdings, one below the other. @param open assets whose markets stand below them */
export const rowsOf = (holdings: readonly Holding[], open: ReadonlySet<string>): readonly TableRow[] =>
  holdings.flatMap(({ asset, rows }) => [
    { name: asset, asset },
    ...(open.has(asset) && rows.length > 1 ? rows.map(({ symbol }) => ({ name: symbol, asset, symbol })) : []),
  ]);
