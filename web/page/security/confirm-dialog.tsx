import { Dialog, DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useRef } from 'react';
import { useText } from '../text/language.js';

interface ConfirmDialogProps {
  readonly title: string;
  readonly words: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone; the keyboard starts at the way back. */
export const ConfirmDialog = ({ title, words, action, onConfirm, onClose }: ConfirmDialogProps) => {
  const text = useText();
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      role="alertdialog"
      className="dialog"
      backdrop={<div className="backdrop" />}
      initialFocus={cancel}
      unmountOnHide
    >
      <DialogHeading className="dialog-title">{title}</DialogHeading>
      <DialogDescription>{words}</DialogDescription>
      <div className="dialog-actions">
        <DialogDismiss ref={cancel} className="button">
          {text.cancel}
        </DialogDismiss>
        <button
          type="button"
          className="button danger bordered"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
};
