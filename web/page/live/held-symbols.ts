import type { Row } from './portfolio-view.js';

const known = new WeakMap<readonly unknown[], string>();

/** Which coins are held, as one text: the same for the same coins, in whatever order. A count would be the same for others too. */
export const heldSymbols = (rows: readonly Pick<Row, 'symbol'>[] | undefined): string => {
  if (!rows) return '';
  const found =
    known.get(rows) ??
    rows
      .map(({ symbol }) => symbol)
      .sort()
      .join(' ');
  known.set(rows, found);
  return found;
};
