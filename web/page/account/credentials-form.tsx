import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Field } from '../kit/field.js';
import { PageHeading } from '../shell/page-heading.js';

import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { CookieRiskNote } from './cookie-risk-note.js';
import { PasswordField } from './password-field.js';

export interface CredentialFaults {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  /** Of neither field alone. */
  readonly form?: string | undefined;
}

interface CredentialsFormProps {
  readonly title: string;
  readonly action: string;
  readonly isNew: boolean;
  /** Shown above the fields. */
  readonly notice?: string | undefined;
  readonly check: (name: string, password: string) => CredentialFaults | undefined;
  /** @returns what was refused */
  readonly submit: (name: string, password: string) => Promise<CredentialFaults | undefined>;
  /** Below the button: other ways. */
  readonly ways?: ReactNode;
  readonly children: ReactNode;
}

/** Name and password, with what is wrong said at the field. */
export const CredentialsForm = (props: CredentialsFormProps) => {
  const { title, action, isNew, notice, check, submit, ways, children } = props;
  const text = useText();
  const own = useSecurityText();
  const form = useRef<HTMLFormElement>(null);
  const noticed = useRef<HTMLParagraphElement>(null);
  // What had the focus is gone with the page before; the notice says why, and the fields follow it.
  useEffect(() => noticed.current?.focus(), []);
  const [faults, setFaults] = useState<CredentialFaults>({});
  const [busy, setBusy] = useState(false);

  const show = (found: CredentialFaults) => {
    setFaults(found);
    const field = found.name ? 'name' : 'password';
    form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    const [name, password] = [String(data.get('name')).trim(), String(data.get('password'))];
    const found = check(name, password);
    if (found) {
      show(found);
      return;
    }
    setFaults({});
    setBusy(true);
    const refused = await submit(name, password);
    setBusy(false);
    if (refused) show(refused);
  };
  return (
    <div className="gate">
      <form ref={form} className="card gate-card" onSubmit={(event) => void send(event)} noValidate>
        <PageHeading title={title} />
        <p className="gate-line">{own.tagline}</p>
        {notice && (
          <p ref={noticed} className="banner away" role="status" tabIndex={-1}>
            {notice}
          </p>
        )}
        <CookieRiskNote />
        {faults.form && (
          <p className="banner fault" role="alert">
            {faults.form}
          </p>
        )}
        <Field
          label={text.name}
          name="name"
          // Passkeys are offered among the names that are known here.
          autoComplete={isNew ? 'username' : 'username webauthn'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          hint={isNew ? own.nameHint : undefined}
          fault={faults.name}
        />
        <PasswordField
          label={text.password}
          name="password"
          isNew={isNew}
          hint={isNew ? own.passwordHint : undefined}
          fault={faults.password}
        />
        <button type="submit" className="button primary wide" disabled={busy}>
          {busy ? text.working : action}
        </button>
        {ways && <div className="gate-ways">{ways}</div>}
        <p className="gate-other">{children}</p>
      </form>
    </div>
  );
};
