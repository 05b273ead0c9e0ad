import { type ReactNode, type RefObject, Suspense } from 'react';
import { latePart } from '../kit/late-part.js';
import { role } from '../portfolio/table/table-roles.js';

const LongRows = latePart(() => import('./long-rows.js').then(({ LongRows: found }) => found));

/** Up to so many rows are all in the document, where the browser's own search finds them. */
const wholeUpTo = 60;
/** Until it is known which of more rows are in sight: a screen. */
const firstRows = 24;

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
  /** Draws the rows from one up to another, that one left out. */
  readonly children: (from: number, to: number) => ReactNode;
}

/** The body of a table: all of its rows, or of a long one those around the window. @param isWhole all, however many */
export const Rows = ({ isWhole = false, ...props }: RowsProps & { readonly isWhole?: boolean }) => {
  const { count, rowPx, children } = props;
  const whole = (to: number) => (
    <tbody data-seen={true} style={to < count ? { marginBottom: (count - to) * rowPx } : undefined} {...role.rowgroup}>
      {children(0, to)}
    </tbody>
  );
  if (isWhole || count <= wholeUpTo) return whole(count);
  return (
    <Suspense fallback={whole(firstRows)}>
      <LongRows {...props} />
    </Suspense>
  );
};
