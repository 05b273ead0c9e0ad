import { openReceipt, type ReceiptOf } from '../shell/open-dialog.js';
import { useText } from '../text/language.js';

interface ReceiptButtonProps {
  /** Of what; the total's where it is not said. */
  readonly of?: ReceiptOf;
  /** In another portfolio than the default one. */
  readonly portfolioId?: string;
  /** What that is called. */
  readonly called?: string;
  /** -1 where arrows lead to it. */
  readonly tabIndex?: -1;
}

/** The small "=" beside an amount: how it comes about. Drawn by the style, so that the amount is copied alone. */
export const ReceiptButton = ({ of, portfolioId, called, tabIndex }: ReceiptButtonProps) => {
  const text = useText();
  const label = called === undefined ? text.receiptOfTotal : text.receiptOf(called);
  return (
    <button
      type="button"
      className="receipt-button"
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
      onClick={() => openReceipt(of, portfolioId)}
    />
  );
};
