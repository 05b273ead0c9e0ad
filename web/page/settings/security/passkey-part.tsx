import { useQuery } from '@tanstack/react-query';
import type { PasskeysAnswer } from '@tickfolio/api/account';
import { useCallback, useState } from 'react';
import { useParts } from '../../parts.js';
import { accountKey, accountPath } from '../../security/account-overview.js';
import { canUsePasskeys } from '../../security/passkey-ceremony.js';
import { Question } from '../../security/question.js';
import { useToast } from '../../shell/toasts.js';
import { useSpeaking } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Asked, Part } from './part.js';
import { PasskeyForm } from './passkey-form.js';
import { useChange } from './use-change.js';
import { useReturn } from './use-return.js';

type Passkey = PasskeysAnswer['passkeys'][number];

const usePasskeys = () => {
  const { session } = useParts();
  return useQuery({
    queryKey: [...accountKey, 'passkeys'],
    queryFn: async ({ signal }) =>
      (await session.call<PasskeysAnswer>('GET', `${accountPath}/passkeys`, undefined, {}, signal)).passkeys,
  });
};

const PasskeyRow = ({ passkey, onRemove }: { readonly passkey: Passkey; readonly onRemove: () => void }) => {
  const { times } = useSpeaking();
  const own = useSecurityText();
  const { store, clock } = useParts();
  const when = (moment: string) => times.near(Date.parse(moment), store.serverTime(clock.now()));
  const facts = [
    own.passkeyMade(when(passkey.createdAt)),
    passkey.lastUsedAt === null ? own.passkeyUnused : own.passkeyUsed(when(passkey.lastUsedAt)),
    ...(passkey.backedUp ? [own.passkeySynced] : []),
    ...(passkey.relyingPartyId === location.hostname ? [] : [own.passkeyElsewhere(passkey.relyingPartyId)]),
  ];
  return (
    <li>
      <div>
        <p className="entry-name" translate="no">
          {passkey.name}
        </p>
        <p className="hint">{facts.join(' · ')}</p>
      </div>
      <button
        type="button"
        className="button danger small"
        aria-label={own.passkeyRemoveNamed(passkey.name)}
        onClick={onRemove}
      >
        {own.passkeyRemove}
      </button>
    </li>
  );
};

/** What signs in without a password. */
export const PasskeyPart = () => {
  const own = useSecurityText();
  const { session } = useParts();
  const toast = useToast();
  const passkeys = usePasskeys();
  const { busy, change } = useChange();
  const [isAdding, setIsAdding] = useState(false);
  const opener = useReturn(isAdding);
  const [leaving, setLeaving] = useState<Passkey>();
  const close = useCallback(() => setLeaving(undefined), []);
  const remove = async ({ id, name }: Passkey) => {
    const removed = await change(() => session.call('DELETE', `${accountPath}/passkeys/${encodeURIComponent(id)}`));
    if (removed !== undefined) toast({ message: own.passkeyRemoved(name) });
  };
  return (
    <Part title={own.passkeysTitle}>
      <p className="hint">{own.passkeysText}</p>
      <Asked query={passkeys}>
        {(all) =>
          all.length === 0 ? (
            <p className="hint">{own.noPasskeys}</p>
          ) : (
            <ul className="entries">
              {all.map((passkey) => (
                <PasskeyRow key={passkey.id} passkey={passkey} onRemove={() => setLeaving(passkey)} />
              ))}
            </ul>
          )
        }
      </Asked>
      {!canUsePasskeys() ? (
        <p className="hint">{own.passkeysNotHere}</p>
      ) : isAdding ? (
        <PasskeyForm onDone={() => setIsAdding(false)} />
      ) : (
        <div className="part-actions">
          <button ref={opener} type="button" className="button" disabled={busy} onClick={() => setIsAdding(true)}>
            {own.passkeyAdd}
          </button>
        </div>
      )}
      {leaving && (
        <Question
          title={own.passkeyRemoveTitle(leaving.name)}
          words={own.passkeyRemoveText}
          action={own.passkeyRemove}
          onConfirm={() => void remove(leaving)}
          onClose={close}
        />
      )}
    </Part>
  );
};
