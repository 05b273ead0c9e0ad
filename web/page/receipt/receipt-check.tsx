import { formatDecimal } from '@tickfolio/lib/money';
import { useReceiptText } from '../text/receipt/use-receipt-text.js';
import { ExactFigure } from './exact-figure.js';
import type { Recomputed } from './recomputed.js';

interface ReceiptCheckProps {
  /** As the server computed it. */
  readonly said: string;
  readonly here: Recomputed;
}

/** Whether what was computed here is what the server says; where not, that is said before all else. */
export const ReceiptCheck = ({ said, here: { total, isEqual } }: ReceiptCheckProps) => {
  const text = useReceiptText();
  if (isEqual)
    return (
      <p className="receipt-check equal" role="status">
        <span aria-hidden="true">✓</span> <span>{text.computedEqual}</span>
      </p>
    );
  return (
    <div className="receipt-check unequal" role="alert">
      <p>
        <strong>{text.computedUnequal}</strong>
      </p>
      <dl>
        <dt>{text.saidByServer}</dt>
        <dd>
          <ExactFigure amount={said} unit="USDT" isPrivate />
        </dd>
        <dt>{text.computedHere}</dt>
        <dd>
          <ExactFigure amount={formatDecimal(total)} unit="USDT" isPrivate />
        </dd>
      </dl>
      <p>{text.unequalAdvice}</p>
    </div>
  );
};
