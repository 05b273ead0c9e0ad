import { isProblem } from '@tickfolio/client/problem';
import { useState } from 'react';
import { useParts } from '../parts.js';
import { securityFault, useFaultWords } from '../security/fault-words.js';
import { canUsePasskeys, givePasskey } from '../security/passkey-ceremony.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';

/** Signs in without name and password; not shown where the browser cannot. */
export const PasskeySignIn = () => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const faultWords = useFaultWords();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  if (!canUsePasskeys()) return null;
  /** Of a passkey that was removed, or is somebody else's, the server says no more than that nobody is signed in. */
  const wordsOf = (thrown: unknown) =>
    isProblem(thrown, 401) && securityFault(thrown) === undefined ? own.faults.passkeyMisfit : faultWords(thrown);
  const signIn = () => {
    setBusy(true);
    setFault(undefined);
    session
      .signInByPasskey(givePasskey)
      .catch((thrown: unknown) => setFault(wordsOf(thrown)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" className="button wide" disabled={busy} onClick={signIn}>
        {busy ? text.working : own.signInByPasskey}
      </button>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
};
