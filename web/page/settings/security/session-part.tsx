import { useQuery } from '@tanstack/react-query';
import type { SessionsAnswer } from '@tickfolio/api/account';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../../kit/late-part.js';
import { useParts } from '../../parts.js';
import { accountKey, accountPath } from '../../security/account-overview.js';
import { useToast } from '../../shell/toasts.js';
import { useSpeaking } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Asked, Part } from './part.js';
import { useChange } from './use-change.js';

const SignOutEverywhereDialog = latePart(() =>
  import('../../account/sign-out-everywhere-dialog.js').then(({ SignOutEverywhereDialog: found }) => found),
);

type OpenSession = SessionsAnswer['sessions'][number];

const useSessions = () => {
  const { session } = useParts();
  return useQuery({
    queryKey: [...accountKey, 'sessions'],
    queryFn: async ({ signal }) =>
      (await session.call<SessionsAnswer>('GET', `${accountPath}/sessions`, undefined, {}, signal)).sessions,
  });
};

const SessionRow = ({ open }: { readonly open: OpenSession }) => {
  const { text, times } = useSpeaking();
  const own = useSecurityText();
  const { session, store, clock } = useParts();
  const toast = useToast();
  const { busy, change } = useChange();
  const device = open.device || own.unknownDevice;
  const when = (moment: string) => times.near(Date.parse(moment), store.serverTime(clock.now()));
  const end = async () => {
    if (open.current) {
      await change(session.signOut); // In every tab, with words of its own.
      return;
    }
    const ended = await change(() => session.call('DELETE', `${accountPath}/sessions/${encodeURIComponent(open.id)}`));
    if (ended !== undefined) toast({ message: own.deviceSignedOut(device) });
  };
  return (
    <li>
      <div>
        <p className="entry-name">
          <span>{device}</span> {open.current && <span className="entry-here">{own.thisDevice}</span>}
        </p>
        <p className="hint">
          {[
            own.sessionUsed(when(open.lastUsedAt)),
            own.sessionOpened(when(open.createdAt)),
            ...(open.network ? [open.network] : []),
          ].join(' · ')}
        </p>
      </div>
      <button
        type="button"
        className="button small"
        aria-label={own.endSessionNamed(device)}
        disabled={busy}
        onClick={() => void end()}
      >
        {busy ? text.working : own.endSession}
      </button>
    </li>
  );
};

/** Where one is signed in, and an end for each. */
export const SessionPart = () => {
  const own = useSecurityText();
  const sessions = useSessions();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  return (
    <Part title={own.sessionsTitle}>
      <Asked query={sessions}>
        {(all) => (
          <ul className="entries">
            {all.map((open) => (
              <SessionRow key={open.id} open={open} />
            ))}
          </ul>
        )}
      </Asked>
      <div className="everywhere">
        <p className="hint">{own.everywhereHint}</p>
        <button type="button" className="button danger bordered" onClick={() => setAsking(true)}>
          {own.signOutEverywhere}
        </button>
      </div>
      <Suspense>{asking && <SignOutEverywhereDialog onClose={close} />}</Suspense>
    </Part>
  );
};
