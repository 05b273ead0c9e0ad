import type { RecoveryCodesAnswer } from '@tickfolio/api/account';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useParts } from '../../parts.js';
import { type AccountOverview, accountPath } from '../../security/account-overview.js';
import { Question } from '../../security/question.js';
import { RecoveryCodes } from '../../security/recovery-codes.js';
import { useText } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Part } from './part.js';
import { useChange } from './use-change.js';
import { useReturn } from './use-return.js';

/** The sheet of codes: how many are left, and new ones. */
export const RecoveryPart = ({ account }: { readonly account: AccountOverview }) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const { busy, change } = useChange();
  const [codes, setCodes] = useState<readonly string[]>();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const make = async () => {
    const made = await change(() => session.call<RecoveryCodesAnswer>('POST', `${accountPath}/recovery-codes`));
    if (made) setCodes(made.recoveryCodes);
  };
  const opener = useReturn(codes !== undefined);
  const words = useRef<HTMLParagraphElement>(null);
  // The button that had the focus is gone.
  useEffect(() => {
    if (codes) words.current?.focus();
  }, [codes]);
  const left = account.recoveryCodesLeft;
  return (
    <Part title={own.recoveryTitle}>
      {codes ? (
        <>
          <p ref={words} tabIndex={-1}>
            {own.codesText}
          </p>
          <RecoveryCodes
            codes={codes}
            userName={account.name}
            action={own.codesDone}
            onKept={() => setCodes(undefined)}
          />
        </>
      ) : (
        <>
          <p className={left === 0 ? 'warning' : 'hint'}>{own.codesLeft(left)}</p>
          <div className="part-actions">
            <button
              ref={opener}
              type="button"
              className="button"
              disabled={busy}
              onClick={() => (left === 0 ? void make() : setAsking(true))}
            >
              {busy ? text.working : own.newCodes}
            </button>
          </div>
        </>
      )}
      {asking && (
        <Question
          title={own.newCodesTitle}
          words={own.newCodesText}
          action={own.newCodes}
          onConfirm={() => void make()}
          onClose={close}
        />
      )}
    </Part>
  );
};
