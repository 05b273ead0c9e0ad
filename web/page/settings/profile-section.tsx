import { useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { useParts, useSession } from '../parts.js';
import { useToast } from '../shell/toasts.js';
import { useText } from '../text/language.js';

/** Who one is here, and the way out. */
export const ProfileSection = () => {
  const text = useText();
  const { session } = useParts();
  const state = useSession();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const signOut = () => {
    setBusy(true);
    session.signOut().catch((thrown: unknown) => {
      setBusy(false);
      toast({ message: faultText(thrown, text), tone: 'fault' });
    });
  };
  return (
    <section className="card settings">
      <p>{state.kind === 'signed-in' && text.signedInAs(state.userName)}</p>
      <button type="button" className="button" disabled={busy} onClick={signOut}>
        {text.signOut}
      </button>
    </section>
  );
};
