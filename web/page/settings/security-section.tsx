import { useAccount } from '../security/account-overview.js';
import { ProofProvider } from '../security/proof.js';
import { useText } from '../text/language.js';
import { AppPart } from './security/app-part.js';
import { LogPart } from './security/log-part.js';
import { Asked } from './security/part.js';
import { PasskeyPart } from './security/passkey-part.js';
import { PasswordPart } from './security/password-part.js';
import { RecoveryPart } from './security/recovery-part.js';
import { SessionPart } from './security/session-part.js';

/** In the place of what the account says: password, recovery codes, app. */
const PartBones = () => (
  <div className="part-bones" role="status">
    <p className="bone-words">{useText().working}</p>
    <div className="card bone" />
    <div className="card bone" />
    <div className="card bone" />
  </div>
);

/** How one gets into the account, and who did. */
export const SecuritySection = () => {
  const account = useAccount();
  return (
    <ProofProvider>
      {account.isPending ? (
        <PartBones />
      ) : (
        <Asked query={account}>
          {(found) => (
            <>
              <PasswordPart account={found} />
              <RecoveryPart account={found} />
              <AppPart account={found} />
            </>
          )}
        </Asked>
      )}
      <PasskeyPart />
      <SessionPart />
      <LogPart />
    </ProofProvider>
  );
};
