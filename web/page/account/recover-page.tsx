import { Link } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { type FormEvent, useRef, useState } from 'react';
import { fieldText } from '../kit/fault-text.js';
import { Field } from '../kit/field.js';
import { useParts, useSession } from '../parts.js';
import { useFaultWords } from '../security/fault-words.js';
import { PageHeading } from '../shell/page-heading.js';
import { Redirect } from '../shell/redirect.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { newPasswordFault } from './new-password.js';
import { useNextAddress } from './next-address.js';
import { PasswordField } from './password-field.js';

interface Faults {
  readonly name?: string | undefined;
  readonly code?: string | undefined;
  readonly password?: string | undefined;
  /** Of no field alone. */
  readonly form?: string | undefined;
}

/** It is done: what follows from it, and the way on. */
const Recovered = ({ codesLeft }: { readonly codesLeft: number }) => {
  const text = useText();
  const own = useSecurityText();
  return (
    <div className="gate">
      <div className="card gate-card" role="status">
        <PageHeading title={own.recoveredTitle} />
        <p>{own.recoveredText(codesLeft)}</p>
        <Link to="/sign-in" search={(kept) => kept} className="button primary wide">
          {text.signIn}
        </Link>
      </div>
    </div>
  );
};

/** A new password for who forgot the one of before and kept a code. */
export const RecoverPage = () => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const state = useSession();
  const faultWords = useFaultWords();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [codesLeft, setCodesLeft] = useState<number>();
  /** Whether a try may have been heard whose answer was not: a code works once. */
  const isUnheard = useRef(false);
  const next = useNextAddress();
  if (state.kind === 'signed-in') return <Redirect to="/" next={next} />;
  if (codesLeft !== undefined) return <Recovered codesLeft={codesLeft} />;

  const show = (found: Faults) => {
    setFaults(found);
    const field = found.name ? 'name' : found.code || found.form ? 'code' : 'password';
    form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  };
  const faultsOf = (thrown: unknown): Faults => {
    if (isProblem(thrown, 401)) return { code: isUnheard.current ? own.recoveredPerhaps : own.wrongRecovery };
    isUnheard.current ||= isProblem(thrown) && (thrown.status === 0 || thrown.status >= 500);
    const password = isProblem(thrown, 400) ? fieldText(thrown, 'password', text) : undefined;
    return password === undefined ? { form: faultWords(thrown) } : { password };
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    const [name, code] = [String(data.get('name')).trim(), String(data.get('code')).trim()];
    const password = String(data.get('password'));
    const found: Faults = {
      name: name ? undefined : own.nameMissing,
      code: code ? undefined : own.recoveryCodeMissing,
      password: newPasswordFault(password, text),
    };
    if (found.name || found.code || found.password) {
      show(found);
      return;
    }
    setFaults({});
    setBusy(true);
    try {
      setCodesLeft(await session.recover(name, code, password));
    } catch (thrown) {
      show(faultsOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="gate">
      <form ref={form} className="card gate-card" onSubmit={(event) => void send(event)} noValidate>
        <PageHeading title={own.recoverTitle} />
        <p className="gate-line">{own.recoverText}</p>
        {faults.form && (
          <p className="banner fault" role="alert">
            {faults.form}
          </p>
        )}
        <Field
          label={text.name}
          name="name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          fault={faults.name}
        />
        <Field
          label={own.recoveryCode}
          name="code"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          hint={own.recoveryCodeHint}
          fault={faults.code}
        />
        <PasswordField label={own.newPassword} name="password" isNew hint={own.passwordHint} fault={faults.password} />
        <button type="submit" className="button primary wide" disabled={busy}>
          {busy ? text.working : own.recoverAction}
        </button>
        <p className="gate-other">
          <Link to="/sign-in" search={(kept) => kept}>
            {own.toSignIn}
          </Link>
        </p>
      </form>
    </div>
  );
};
