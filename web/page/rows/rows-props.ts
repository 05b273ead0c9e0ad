import type { ReactNode, RefObject } from 'react';

/**
 * Takes what scrolls to a row that is not in the document. `then` is called whenever rows were drawn, until it says that
 * it found its row.
 */
export type ShowRow = RefObject<((at: number, then: () => boolean) => void) | undefined>;

export interface RowsProps {
  readonly table: RefObject<HTMLTableElement | null>;
  readonly count: number;
  /** How high a row is likely to be; those that are there are measured. */
  readonly rowPx: number;
  /** A row that stays wherever one scrolls; below 0 for none. */
  readonly keptAt: number;
  readonly show: ShowRow;
  /** Whether a printed page has all of them, however many. */
  readonly isPrintedWhole: boolean;
  /** Called when rows were drawn by themselves. */
  readonly onDrawn: () => void;
  /** Draws the rows from one up to another, that one left out. */
  readonly children: (from: number, to: number) => ReactNode;
}
