import { useState } from 'react';
import { DeletionPart } from '../deletion/deletion-part.js';
import { faultText } from '../kit/fault-text.js';
import { useParts, useSession } from '../parts.js';
import { useAccount } from '../security/account-overview.js';
import { ProofProvider } from '../security/proof.js';
import { useToast } from '../shell/toasts.js';
import { useSpeaking } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';

/** Who one is here, and the way out. */
export const ProfileSection = () => {
  const { text, times } = useSpeaking();
  const own = useSecurityText();
  const { session } = useParts();
  const state = useSession();
  const toast = useToast();
  const { data: account } = useAccount();
  const [busy, setBusy] = useState(false);
  const signOut = () => {
    setBusy(true);
    session.signOut().catch((thrown: unknown) => {
      setBusy(false);
      toast({ message: faultText(thrown, text), tone: 'fault' });
    });
  };
  return (
    <>
      <section className="card settings">
        <p>{state.kind === 'signed-in' && own.signedInAs(state.userName)}</p>
        {account && <p className="hint">{own.memberSince(times.dated(Date.parse(account.createdAt)))}</p>}
        {account?.role === 'operator' && <p className="hint">{own.operator}</p>}
        <div className="part-actions">
          <button type="button" className="button" disabled={busy} onClick={signOut}>
            {text.signOut}
          </button>
        </div>
      </section>
      <ProofProvider>
        <DeletionPart />
      </ProofProvider>
    </>
  );
};
