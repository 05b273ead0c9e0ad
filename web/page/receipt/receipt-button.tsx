import { openReceipt } from '../shell/open-dialog.js';
import { useText } from '../text/language.js';

interface ReceiptButtonProps {
  /** Of which holding; the total's where it is not said. */
  readonly symbol?: string;
  /** What that is called. */
  readonly called?: string;
}

/** The small "=" beside an amount: how it comes about. Drawn by the style, so that the amount is copied alone. */
export const ReceiptButton = ({ symbol, called }: ReceiptButtonProps) => {
  const text = useText();
  const label = called === undefined ? text.receiptOfTotal : text.receiptOf(called);
  return (
    <button
      type="button"
      className="receipt-button"
      aria-label={label}
      title={label}
      onClick={() => openReceipt(symbol)}
    />
  );
};
