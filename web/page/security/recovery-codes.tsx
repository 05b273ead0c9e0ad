import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { useParts } from '../parts.js';
import { basePath } from '../place.js';
import { useSpeaking } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';
import { Question } from './question.js';
import { recoverySheet, saveText } from './recovery-sheet.js';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly userName: string;
  /** What the button says that leads on. */
  readonly action: string;
  readonly busy?: boolean;
  /** Called once somebody said that they are kept. */
  readonly onKept: () => void;
}

const asks = () => true;

/** Codes that are shown this once: to copy, to download, to print; it goes on when they are kept. */
export const RecoveryCodes = ({ codes, userName, action, busy = false, onKept }: RecoveryCodesProps) => {
  const { times } = useSpeaking();
  const own = useSecurityText();
  const { store, clock } = useParts();
  const [isKept, setIsKept] = useState(false);
  const [said, setSaid] = useState('');
  const [place] = useState(() => location.host + (basePath === '/' ? '' : basePath));
  const [made] = useState(() => times.dated(store.serverTime(clock.now())));
  // Whoever leaves now has none of them: asked by the browser where the whole page goes, else here.
  const leaving = useBlocker({ shouldBlockFn: asks, disabled: isKept, withResolver: true });
  const copy = () =>
    navigator.clipboard.writeText(codes.join('\n')).then(
      () => setSaid(own.codesCopied),
      () => setSaid(own.codesNotCopied),
    );
  const download = () => saveText(own.codesFile(userName), recoverySheet(codes, userName, place, made, own), clock);
  return (
    <div className="recovery-sheet">
      <p className="only-printed">{own.codesSheet(userName, place, made)}</p>
      <ol className="recovery-codes" aria-label={own.codesList} translate="no">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <p className="only-printed">{own.codesSheetRule}</p>
      <div className="recovery-ways">
        {/* Not there where the page was opened by plain http. */}
        {navigator.clipboard && (
          <button type="button" className="button" onClick={() => void copy()}>
            {own.copyCodes}
          </button>
        )}
        <button type="button" className="button" onClick={download}>
          {own.downloadCodes}
        </button>
        <button type="button" className="button" onClick={() => print()}>
          {own.printCodes}
        </button>
      </div>
      <p className="recovery-said" role="status">
        {said}
      </p>
      <label className="switch recovery-kept">
        <input type="checkbox" checked={isKept} onChange={() => setIsKept(!isKept)} />
        <span>{own.codesKept}</span>
      </label>
      <button type="button" className="button primary wide" disabled={!isKept || busy} onClick={onKept}>
        {action}
      </button>
      {leaving.status === 'blocked' && (
        <Question
          title={own.codesLeaveTitle}
          words={own.codesLeaveText}
          action={own.codesLeave}
          onConfirm={leaving.proceed}
          onClose={leaving.reset}
        />
      )}
    </div>
  );
};
