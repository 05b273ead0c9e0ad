import { useState } from 'react';
import { Field } from '../../../kit/field.js';
import { basePath } from '../../../place.js';
import { useSharingText } from '../../../text/sharing/use-sharing-text.js';

/** A link that was just made, the only time that it is known. */
export const MadeLink = ({ token }: { readonly token: string }) => {
  const text = useSharingText();
  const [said, setSaid] = useState('');
  const link = `${location.origin}${basePath}s/${token}`;
  const clipboard: Clipboard | undefined = navigator.clipboard;
  const copy = () => {
    clipboard.writeText(link).then(
      () => setSaid(text.shareCopied),
      () => setSaid(text.shareNotCopied),
    );
  };
  return (
    <>
      <p role="status">{text.shareMade}</p>
      <Field label={text.shareLink} value={link} readOnly translate="no" onFocus={({ target }) => target.select()} />
      {clipboard && (
        <div className="part-actions">
          <button type="button" className="button small" onClick={copy}>
            {text.shareCopy}
          </button>
          <span className="hint" role="status">
            {said}
          </span>
        </div>
      )}
    </>
  );
};
