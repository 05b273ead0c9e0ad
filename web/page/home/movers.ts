import type { Row } from '../live/portfolio-view.js';

type Moving = Pick<Row, 'symbol' | 'priceDay' | 'stale' | 'priceText'>;

const maxMovers = 5;

const sizeOf = ({ priceDay }: Moving): number => Math.abs(priceDay?.size ?? 0);

/** The holdings whose prices moved most, up or down; old prices move nowhere. */
export const moversOf = <One extends Moving>(rows: readonly One[]): readonly One[] =>
  rows
    .filter(
      ({ priceDay, stale, priceText }) => priceText !== undefined && !stale && priceDay?.percentDirection !== 'same',
    )
    .filter(({ priceDay }) => priceDay !== undefined)
    .sort((a, b) => sizeOf(b) - sizeOf(a) || a.symbol.localeCompare(b.symbol))
    .slice(0, maxMovers);

/** @returns the movers in their places */
type HeldMovers = <One extends Moving>(rows: readonly One[], asOfMs: number, basis: string) => readonly One[];

/** How long their places hold; a list that is sorted with every tick cannot be read. */
export const holdMs = 10_000;

/**
 * Keeps who is a mover, and where, for `holdMs` of the frames' time; what is not held any more leaves at once, and
 * where there is room others follow at the end.
 */
export const createHeldMovers = (): HeldMovers => {
  let key = '';
  let symbols: readonly string[] = [];
  return (rows, asOfMs, basis) => {
    const next = `${basis} ${Math.floor(asOfMs / holdMs)}`;
    const bySymbol = new Map(rows.map((row) => [row.symbol, row]));
    const kept = symbols.filter((symbol) => bySymbol.has(symbol));
    if (next !== key || kept.length < maxMovers) {
      const found = moversOf(rows).map(({ symbol }) => symbol);
      symbols = next === key ? [...kept, ...found.filter((symbol) => !kept.includes(symbol))] : found;
      key = next;
    } else symbols = kept;
    symbols = symbols.slice(0, maxMovers);
    return symbols.flatMap((symbol) => bySymbol.get(symbol) ?? []);
  };
};
