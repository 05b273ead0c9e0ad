import { Link } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../kit/fault-text.js';
import { useParts, useSession } from '../parts.js';
import { Redirect } from '../shell/redirect.js';
import { useText } from '../text/language.js';
import { type CredentialFaults, CredentialsForm } from './credentials-form.js';
import { useNextAddress } from './next-address.js';

export const SignInPage = () => {
  const text = useText();
  const { session } = useParts();
  const state = useSession();
  const next = useNextAddress();
  if (state.kind === 'signed-in') return <Redirect to="/" next={next} />;

  const check = (name: string, password: string): CredentialFaults | undefined => {
    if (name && password) return undefined;
    return { name: name ? undefined : text.nameMissing, password: password ? undefined : text.passwordMissing };
  };
  const submit = async (name: string, password: string): Promise<CredentialFaults | undefined> => {
    try {
      await session.signIn(name, password);
      return undefined;
    } catch (thrown) {
      const wrong = isProblem(thrown, 401) || isProblem(thrown, 400);
      return wrong ? { password: text.wrongLogin } : { form: faultText(thrown, text) };
    }
  };
  return (
    <CredentialsForm
      title={text.signIn}
      action={text.signIn}
      isNew={false}
      notice={
        state.kind === 'signed-out' && state.reason
          ? { ended: text.sessionEnded, everywhere: text.everywhereDone }[state.reason]
          : undefined
      }
      check={check}
      submit={submit}
    >
      <span>{text.noAccount}</span>{' '}
      <Link to="/sign-up" search={(kept) => kept}>
        {text.signUp}
      </Link>
    </CredentialsForm>
  );
};
