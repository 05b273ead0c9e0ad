import { Dialog, DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useRef, useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { useParts } from '../parts.js';
import { useToast } from '../shell/toasts.js';
import { useIsHere } from '../shell/use-is-here.js';
import { useText } from '../text/language.js';

/** Asks before all sessions end; the keyboard starts at the way back. */
export const SignOutEverywhereDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const text = useText();
  const { session } = useParts();
  const cancel = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const toast = useToast();
  const isHere = useIsHere();
  const leave = () => {
    setBusy(true);
    setFault(undefined);
    session.signOutEverywhere().catch((thrown: unknown) => {
      const message = faultText(thrown, text);
      if (!isHere.current) return toast({ message, tone: 'fault' }); // The dialog was closed meanwhile.
      setBusy(false);
      setFault(message);
    });
  };
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
      <DialogHeading className="dialog-title">{text.everywhereTitle}</DialogHeading>
      <DialogDescription>{text.everywhereText}</DialogDescription>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
      <div className="dialog-actions">
        <DialogDismiss ref={cancel} className="button">
          {text.cancel}
        </DialogDismiss>
        <button type="button" className="button danger bordered" disabled={busy} onClick={leave}>
          {busy ? text.working : text.signOutEverywhere}
        </button>
      </div>
    </Dialog>
  );
};
