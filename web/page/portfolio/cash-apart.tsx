import { type Decimal, isZero } from '@tickfolio/lib/money';
import { Suspense } from 'react';
import { latePart } from '../kit/late-part.js';

const CashNote = latePart(() => import('../portfolios/cash-note.js').then(({ CashNote: found }) => found));

/** Beside what assets are worth: the cash that is not in it, where there is some. @param value in USDT */
export const CashApart = ({ value }: { readonly value: Decimal }) =>
  isZero(value) ? null : (
    <Suspense>
      <CashNote value={value} />
    </Suspense>
  );
