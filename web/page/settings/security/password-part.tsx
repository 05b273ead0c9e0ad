import { useQueryClient } from '@tanstack/react-query';
import { isProblem } from '@tickfolio/client/problem';
import { useEffect, useRef, useState } from 'react';
import { newPasswordFault } from '../../account/new-password.js';
import { PasswordField } from '../../account/password-field.js';
import { fieldText } from '../../kit/fault-text.js';
import { useParts } from '../../parts.js';
import { type AccountOverview, accountKey } from '../../security/account-overview.js';
import { securityFault, useFaultWords } from '../../security/fault-words.js';
import { WhosePassword } from '../../security/whose-password.js';
import { useToast } from '../../shell/toasts.js';
import { useSpeaking, useText } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Part } from './part.js';
import { PartForm } from './part-form.js';
import { createPasswordChange } from './unheard-changes.js';
import { useReturn } from './use-return.js';

interface Faults {
  readonly old?: string | undefined;
  readonly new?: string | undefined;
  /** Of neither field alone. */
  readonly form?: string | undefined;
}

interface PasswordFormProps {
  readonly userName: string;
  readonly onDone: () => void;
}

const PasswordForm = ({ userName, onDone }: PasswordFormProps) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const [change] = useState(() => createPasswordChange(session.call));
  const toast = useToast();
  const client = useQueryClient();
  const faultWords = useFaultWords();
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<Faults>({});
  const focusOn = (field: 'old' | 'new') => form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  // Its button is gone.
  useEffect(() => form.current?.querySelector<HTMLInputElement>('[name=old]')?.focus(), []);

  const show = (found: Faults) => {
    setFaults(found);
    focusOn(found.old || found.form ? 'old' : 'new');
  };
  const faultsOf = (thrown: unknown): Faults => {
    if (securityFault(thrown) === 'wrongPassword') return { old: faultWords(thrown) };
    if (!isProblem(thrown, 400)) return { form: faultWords(thrown) };
    const words = fieldText(thrown, 'new', text) ?? fieldText(thrown, 'password', text);
    return words === undefined ? { form: faultWords(thrown) } : { new: words };
  };
  const send = async (data: FormData) => {
    const [before, after] = [String(data.get('old')), String(data.get('new'))];
    const found: Faults = {
      old: before ? undefined : own.passwordMissing,
      new: newPasswordFault(after, text) ?? (after === before ? own.passwordSame : undefined),
    };
    if (found.old || found.new) {
      show(found);
      return;
    }
    setFaults({});
    try {
      if ((await change(before, after)) === 'before') {
        show({ old: own.passwordSetBefore });
        return;
      }
      toast({ message: own.passwordDone });
      void client.invalidateQueries({ queryKey: accountKey });
      onDone();
    } catch (thrown) {
      show(faultsOf(thrown));
    }
  };
  return (
    <PartForm ref={form} action={own.changePassword} send={send} onCancel={onDone}>
      <WhosePassword userName={userName} />
      {faults.form && (
        <p className="banner fault" role="alert">
          {faults.form}
        </p>
      )}
      <PasswordField label={own.oldPassword} name="old" isNew={false} fault={faults.old} />
      <PasswordField label={own.newPassword} name="new" isNew hint={own.passwordHint} fault={faults.new} />
      <p className="hint">{own.passwordOthersEnd}</p>
    </PartForm>
  );
};

export const PasswordPart = ({ account }: { readonly account: AccountOverview }) => {
  const { times } = useSpeaking();
  const own = useSecurityText();
  const [isOpen, setIsOpen] = useState(false);
  const opener = useReturn(isOpen);
  const { passwordChangedAt, createdAt } = account;
  return (
    <Part title={own.passwordTitle}>
      <p className="hint">
        {passwordChangedAt === null
          ? own.passwordNeverChanged(times.dated(Date.parse(createdAt)))
          : own.passwordAge(times.dated(Date.parse(passwordChangedAt)))}
      </p>
      {isOpen ? (
        <PasswordForm userName={account.name} onDone={() => setIsOpen(false)} />
      ) : (
        <div className="part-actions">
          <button ref={opener} type="button" className="button" onClick={() => setIsOpen(true)}>
            {own.changePassword}
          </button>
        </div>
      )}
    </Part>
  );
};
