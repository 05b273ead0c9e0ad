import { Link } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { useParts, useSession } from '../parts.js';
import { Redirect } from '../shell/redirect.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { type CredentialFaults, CredentialsForm } from './credentials-form.js';
import { useNextAddress } from './next-address.js';
import { PasskeySignIn } from './passkey-sign-in.js';
import { SecondFactorForm } from './second-factor-form.js';

export const SignInPage = () => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const state = useSession();
  const next = useNextAddress();
  const [asked, setAsked] = useState<Awaited<ReturnType<typeof session.signIn>>>();
  if (state.kind === 'signed-in') return <Redirect to="/" next={next} />;
  if (asked) return <SecondFactorForm {...asked} onBegin={() => setAsked(undefined)} />;

  const check = (name: string, password: string): CredentialFaults | undefined => {
    if (name && password) return undefined;
    return { name: name ? undefined : own.nameMissing, password: password ? undefined : own.passwordMissing };
  };
  const submit = async (name: string, password: string): Promise<CredentialFaults | undefined> => {
    try {
      setAsked(await session.signIn(name, password));
      return undefined;
    } catch (thrown) {
      const wrong = isProblem(thrown, 401) || isProblem(thrown, 400);
      return wrong ? { password: own.wrongLogin } : { form: faultText(thrown, text) };
    }
  };
  return (
    <CredentialsForm
      title={text.signIn}
      action={text.signIn}
      isNew={false}
      notice={
        state.kind === 'signed-out' && state.reason
          ? { left: own.signedOut, everywhere: own.everywhereDone, ended: text.sessionEnded }[state.reason]
          : undefined
      }
      check={check}
      submit={submit}
      ways={<PasskeySignIn />}
    >
      <span>{own.noAccount}</span>{' '}
      <Link to="/sign-up" search={(kept) => kept}>
        {text.signUp}
      </Link>
      <br />
      <Link to="/recover" search={(kept) => kept}>
        {own.forgotten}
      </Link>
    </CredentialsForm>
  );
};
