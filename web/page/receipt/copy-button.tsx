import { useState } from 'react';
import { useText } from '../text/language.js';

/** Puts a text where one pastes from, and says whether that went well. Not there where the browser lets no page do it. */
export const CopyButton = ({ of }: { readonly of: string }) => {
  const text = useText();
  const [said, setSaid] = useState('');
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (!clipboard) return null;
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
