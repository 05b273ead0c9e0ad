import { DialogDismiss, DialogHeading } from '@ariakit/react';
import type { FormEvent, ReactNode } from 'react';
import { PageDialog } from '../../shell/page-dialog.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import type { Sending } from '../use-sending.js';

interface FormDialogProps {
  readonly title: string;
  /** What the button says that sends it. */
  readonly action: string;
  readonly sending: Sending;
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog with a form that is sent; it stays, with everything in it, until that was done. */
export const FormDialog = ({ title, action, sending, onSend, onClose, children }: FormDialogProps) => {
  const text = usePortfoliosText();
  const { form, busy, faultOf } = sending;
  const fault = faultOf();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    <PageDialog onClose={onClose}>
      <header className="dialog-head">
        <DialogHeading className="dialog-title">{title}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      <form ref={form} onSubmit={submit} noValidate>
        {fault && (
          <p className="banner fault" role="alert">
            {fault}
          </p>
        )}
        {children}
        <div className="dialog-actions">
          <DialogDismiss className="button">{text.cancel}</DialogDismiss>
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? text.working : action}
          </button>
        </div>
      </form>
    </PageDialog>
  );
};
