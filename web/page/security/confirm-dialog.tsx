import { DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useRef } from 'react';
import { PageDialog } from '../shell/page-dialog.js';
import { useText } from '../text/language.js';

interface ConfirmDialogProps {
  readonly title: string;
  readonly words: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly busy?: boolean;
  /** Why it was not done. */
  readonly fault?: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone; the keyboard starts at the way back. */
export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const { title, words, action, busy = false, fault, onConfirm, onClose } = props;
  const text = useText();
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <PageDialog onClose={onClose} role="alertdialog" initialFocus={cancel}>
      <DialogHeading className="dialog-title">{title}</DialogHeading>
      <DialogDescription>{words}</DialogDescription>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
      <div className="dialog-actions">
        <DialogDismiss ref={cancel} className="button">
          {text.cancel}
        </DialogDismiss>
        <button type="button" className="button danger bordered" disabled={busy} onClick={onConfirm}>
          {busy ? text.working : action}
        </button>
      </div>
    </PageDialog>
  );
};
