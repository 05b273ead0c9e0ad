import type { ShareAnswer } from '@tickfolio/api/shares';
import { isProblem } from '@tickfolio/client/problem';
import { useState } from 'react';
import { useParts } from '../../../parts.js';
import { useToast } from '../../../shell/toasts.js';
import { useIsHere } from '../../../shell/use-is-here.js';
import { useSpeaking } from '../../../text/language.js';
import { usePortfoliosText } from '../../../text/portfolios/use-portfolios-text.js';
import { useSharingText } from '../../../text/sharing/use-sharing-text.js';
import { shareFault } from './share-fault.js';
import { useShareCalls } from './use-shares.js';

interface ShareRowProps {
  readonly portfolioId: string;
  readonly share: ShareAnswer;
  /** It leads nowhere any more. */
  readonly onEnded: () => void;
}

/** A link, until when it leads somewhere, and an end for it. */
export const ShareRow = ({ portfolioId, share, onEnded }: ShareRowProps) => {
  const text = { ...usePortfoliosText(), ...useSharingText() };
  const { times } = useSpeaking();
  const { store, clock } = useParts();
  const toast = useToast();
  const calls = useShareCalls(portfolioId);
  const isHere = useIsHere();
  const [busy, setBusy] = useState(false);
  const nowMs = store.serverTime(clock.now());
  const what = share.amounts ? text.shareAmounts.amounts : text.shareAmounts.percents;
  const made = times.near(Date.parse(share.createdAt), nowMs);
  const endsMs = Date.parse(share.expiresAt);
  const ends = times.dated(endsMs);
  const end = async () => {
    const isEnded = () => {
      onEnded();
      toast({ message: text.shareEnded });
    };
    setBusy(true);
    try {
      await calls.end(share);
      isEnded();
    } catch (thrown) {
      // Ended elsewhere meanwhile: that is what was wanted.
      if (isProblem(thrown, 404)) isEnded();
      else toast({ message: shareFault(thrown, text), tone: 'fault' });
    } finally {
      if (isHere.current) setBusy(false);
    }
  };
  return (
    <li>
      <div>
        <p className="entry-name">{what}</p>
        <p className="hint">
          {`${text.shareMadeAt(made)} · ${endsMs > nowMs ? text.shareEndsAt(ends) : text.shareRanOut(ends)}`}
        </p>
      </div>
      <button
        type="button"
        className="button small"
        aria-label={text.shareEndNamed(what, made)}
        disabled={busy}
        onClick={() => void end()}
      >
        {busy ? text.working : text.shareEnd}
      </button>
    </li>
  );
};
