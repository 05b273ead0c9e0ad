import { Suspense, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import type { RowsProps } from './rows-props.js';
import { role } from './table-roles.js';

const LongRows = latePart(() => import('./long-rows.js').then(({ LongRows: found }) => found));

/** Up to so many rows are all in the document, where the browser's own search finds them. */
const wholeUpTo = 60;
/** Until it is known which of more rows are in sight: a screen. */
const firstRows = 24;
/** Where all were there before: those and what came to them, also where one has scrolled down. */
const moreRows = 2 * wholeUpTo;

/** The body of a table: all of its rows, or of a long one those around the window. */
export const Rows = (props: RowsProps) => {
  const { count, rowPx, keptAt, children } = props;
  const [wasWhole] = useState(count <= wholeUpTo);
  const whole = (to: number) => (
    <tbody data-seen={true} style={to < count ? { marginBottom: (count - to) * rowPx } : undefined} {...role.rowgroup}>
      {children(0, to)}
    </tbody>
  );
  if (count <= wholeUpTo) return whole(count);
  const until = Math.min(count, Math.max(wasWhole ? moreRows : firstRows, keptAt + 1));
  return (
    <Suspense fallback={whole(until)}>
      <LongRows {...props} />
    </Suspense>
  );
};
