import { useState } from 'react';
import { useDiscreet } from '../display/choices.js';
import { useReceiptText } from '../text/receipt/use-receipt-text.js';

/**
 * Puts an amount where one pastes from, and says whether that went well. Not there where the browser lets no page do
 * it, nor while amounts are hidden.
 */
export const CopyButton = ({ of }: { readonly of: string }) => {
  const text = useReceiptText();
  const isDiscreet = useDiscreet();
  const [said, setSaid] = useState('');
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (!clipboard || isDiscreet) return null;
  const copy = () => {
    clipboard.writeText(of).then(
      () => setSaid(text.copied),
      () => setSaid(text.notCopied),
    );
  };
  return (
    <>
      <button type="button" className="button small" onClick={copy}>
        {text.copyDigits}
      </button>
      <span className="receipt-copied" role="status">
        {said}
      </span>
    </>
  );
};
