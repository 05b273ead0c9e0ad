import { useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { useParts } from '../parts.js';
import { ConfirmDialog } from '../security/confirm-dialog.js';
import { useToast } from '../shell/toasts.js';
import { useIsHere } from '../shell/use-is-here.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';

/** Asks before all sessions end. */
export const SignOutEverywhereDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
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
    <ConfirmDialog
      title={own.everywhereTitle}
      words={own.everywhereText}
      action={own.signOutEverywhere}
      busy={busy}
      fault={fault}
      onConfirm={leave}
      onClose={onClose}
    />
  );
};
