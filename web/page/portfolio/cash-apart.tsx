import { Suspense } from 'react';
import { latePart } from '../kit/late-part.js';
import type { PortfolioView } from '../live/portfolio-view.js';

const CashNote = latePart(() => import('../portfolios/cash-note.js').then(({ CashNote: found }) => found));

/** Beside what assets are worth: the cash that is not in it, where there is some. */
export const CashApart = ({ of }: { readonly of: Pick<PortfolioView, 'cash' | 'cashValue'> }) =>
  of.cash.every(({ Quantity }) => Quantity === '0') ? null : (
    <Suspense>
      <CashNote of={of} />
    </Suspense>
  );
