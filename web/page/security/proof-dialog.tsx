import { DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useQuery } from '@tanstack/react-query';
import { isProblem } from '@tickfolio/client/problem';
import { type FormEvent, useRef, useState } from 'react';
import { Field } from '../kit/field.js';
import { useParts, useSession } from '../parts.js';
import { PageDialog } from '../shell/page-dialog.js';
import { useIsHere } from '../shell/use-is-here.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { type AccountOverview, accountKey, accountPath } from './account-overview.js';
import { useFaultWords } from './fault-words.js';
import { canUsePasskeys, givePasskey } from './passkey-ceremony.js';
import { maxTypedLength } from './typed-length.js';
import { WhosePassword } from './whose-password.js';

interface ProofDialogProps {
  readonly onProved: () => void;
  readonly onClose: () => void;
}

const path = `${accountPath}/reauthenticate`;

/** Asks whoever sits here for the password or a passkey. */
export const ProofDialog = ({ onProved, onClose }: ProofDialogProps) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const state = useSession();
  const faultWords = useFaultWords();
  const isHere = useIsHere();
  const password = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const { data: account } = useQuery<AccountOverview>({ queryKey: accountKey, enabled: false });
  const withPasskey = canUsePasskeys() && (account?.passkeys ?? 0) > 0;

  const prove = async (proof: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await session.call('POST', path, await proof());
      if (isHere.current) onProved();
    } catch (thrown) {
      if (!isHere.current) return; // Nothing was done, and nobody waits for it any more.
      setBusy(false);
      // Its passkeys are all of other addresses.
      setFault(isProblem(thrown, 404) ? own.faults.passkeyMisfit : faultWords(thrown));
      password.current?.focus();
    }
  };
  const byPasskey = async () => {
    const { ticket, options } = await session.call<{ ticket: string; options: unknown }>('POST', `${path}/options`);
    return { ticket, response: await givePasskey(options) };
  };
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('password'));
    if (typed) void prove(async () => ({ password: typed }));
    else {
      setFault(own.passwordMissing);
      password.current?.focus();
    }
  };
  return (
    <PageDialog onClose={onClose} initialFocus={password}>
      <DialogHeading className="dialog-title">{own.proofTitle}</DialogHeading>
      <DialogDescription>{own.proofText}</DialogDescription>
      <form onSubmit={send} noValidate>
        <WhosePassword userName={state.kind === 'signed-in' ? state.userName : ''} />
        <Field
          ref={password}
          label={text.password}
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={maxTypedLength}
          fault={fault}
        />
        <div className="dialog-actions">
          <DialogDismiss className="button">{text.cancel}</DialogDismiss>
          {withPasskey && (
            <button type="button" className="button" disabled={busy} onClick={() => void prove(byPasskey)}>
              {own.proofByPasskey}
            </button>
          )}
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? text.working : own.proofAction}
          </button>
        </div>
      </form>
    </PageDialog>
  );
};
