import { isProblem } from '@tickfolio/client/problem';
import { useRef, useState } from 'react';
import { useParts } from '../parts.js';
import { securityFault, useFaultWords } from '../security/fault-words.js';
import { canUsePasskeys, givePasskey } from '../security/passkey-ceremony.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { usePasskeyOffer } from './passkey-offer.js';

/**
 * Signs in without name and password, by a button and by what the browser offers at the name; not shown where it cannot.
 */
export const PasskeySignIn = () => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const faultWords = useFaultWords();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  /** Of a passkey that was removed, or is somebody else's, the server says no more than that nobody is signed in. */
  const tell = (thrown: unknown) =>
    setFault(
      isProblem(thrown, 401) && securityFault(thrown) === undefined ? own.faults.passkeyMisfit : faultWords(thrown),
    );
  const isAsking = useRef(false);
  const offer = usePasskeyOffer(isAsking, tell);
  if (!canUsePasskeys()) return null;
  const signIn = async () => {
    isAsking.current = true;
    setBusy(true);
    setFault(undefined);
    try {
      await session.signInByPasskey(givePasskey);
    } catch (thrown) {
      isAsking.current = false;
      setBusy(false);
      tell(thrown);
      void offer();
    }
  };
  return (
    <>
      <button type="button" className="button wide" disabled={busy} onClick={() => void signIn()}>
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
