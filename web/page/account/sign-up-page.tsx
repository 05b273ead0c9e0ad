import { Link } from '@tanstack/react-router';
import { newChangeKey } from '@tickfolio/client/change-key';
import { isProblem } from '@tickfolio/client/problem';
import { useRef, useState } from 'react';
import { faultText, fieldText } from '../kit/fault-text.js';
import { useParts, useSession } from '../parts.js';
import { Redirect } from '../shell/redirect.js';
import { faultWordsOf } from '../text/faults/fault-words.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { type CredentialFaults, CredentialsForm } from './credentials-form.js';
import { NewAccountCodes } from './new-account-codes.js';
import { newPasswordFault } from './new-password.js';
import { useNextAddress } from './next-address.js';
import { SecondFactorForm } from './second-factor-form.js';

const namePattern = /^[A-Za-z0-9_.-]{3,64}$/;

export const SignUpPage = () => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const state = useSession();
  const next = useNextAddress();
  /** What was asked for last: asked for again, because no answer came, it is the same account. */
  const wish = useRef({ name: '', password: '', key: '' });
  const [codes, setCodes] = useState<readonly string[]>();
  const [asked, setAsked] = useState<Awaited<ReturnType<typeof session.signIn>>>();
  const enter = async () => setAsked(await session.signIn(wish.current.name, wish.current.password));
  const goOn = async () => {
    await enter();
    setCodes(undefined);
  };
  // Before all else: another tab that signs in takes nobody's codes away.
  if (codes) return <NewAccountCodes userName={wish.current.name} codes={codes} onKept={goOn} />;
  if (state.kind === 'signed-in') return <Redirect to="/" next={next} />;
  // Another tab may have set an app up for the account that this one asks for once more.
  if (asked) return <SecondFactorForm {...asked} onBegin={() => setAsked(undefined)} />;

  const check = (name: string, password: string): CredentialFaults | undefined => {
    const nameFault = name === '' ? own.nameMissing : namePattern.test(name) ? undefined : faultWordsOf(text).nameShape;
    const passwordFault = newPasswordFault(password, text);
    return nameFault || passwordFault ? { name: nameFault, password: passwordFault } : undefined;
  };
  const submit = async (name: string, password: string): Promise<CredentialFaults | undefined> => {
    if (wish.current.name !== name || wish.current.password !== password)
      wish.current = { name, password, key: newChangeKey() };
    try {
      const made = await session.signUp(name, password, wish.current.key, true);
      // A server of before makes none.
      if (made.length > 0) setCodes(made);
      else await enter();
      return undefined;
    } catch (thrown) {
      if (isProblem(thrown, 409)) return { name: own.nameTaken };
      if (isProblem(thrown, 400) && thrown.fields.size > 0)
        return { name: fieldText(thrown, 'name', text), password: fieldText(thrown, 'password', text) };
      return { form: faultText(thrown, text) };
    }
  };
  return (
    <CredentialsForm title={text.signUp} action={text.signUp} isNew check={check} submit={submit}>
      <span>{own.haveAccount}</span>{' '}
      <Link to="/sign-in" search={(kept) => kept}>
        {text.signIn}
      </Link>
    </CredentialsForm>
  );
};
