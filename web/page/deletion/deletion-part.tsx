import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useParts } from '../parts.js';
import { Question } from '../security/question.js';
import { Part } from '../settings/security/part.js';
import { useChange } from '../settings/security/use-change.js';
import { useDeletionText } from '../text/deletion/use-deletion-text.js';
import { deleteAccount, newLinkToken } from './delete-account.js';
import { askDeletion } from './use-deletion.js';

/** The way out for good. */
export const DeletionPart = () => {
  const text = useDeletionText();
  const { session } = useParts();
  const navigate = useNavigate();
  const { busy, change } = useChange();
  const [asking, setAsking] = useState(false);
  /** The same for every attempt. */
  const [token] = useState(newLinkToken);
  const close = useCallback(() => setAsking(false), []);
  const remove = async () => {
    const ask = () => askDeletion(session, token);
    const deleted = await change(() => deleteAccount({ call: session.call, ask }, token).then(() => true));
    if (!deleted) return;
    // First out, which leads to signing in, and then on: the other way round that would come last now and then.
    await session.signOut().catch(() => undefined);
    await navigate({ to: '/deletions/$token', params: { token }, replace: true });
  };
  return (
    <Part title={text.deletionTitle}>
      <p className="hint">{text.deletionText}</p>
      <div className="part-actions">
        <button type="button" className="button danger bordered" disabled={busy} onClick={() => setAsking(true)}>
          {busy ? text.working : text.deletionAction}
        </button>
      </div>
      {asking && (
        <Question
          title={text.deletionAskTitle}
          words={text.deletionAskText}
          action={text.deletionAction}
          onConfirm={() => void remove()}
          onClose={close}
        />
      )}
    </Part>
  );
};
