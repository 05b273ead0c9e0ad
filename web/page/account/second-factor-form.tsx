import { isProblem } from '@tickfolio/client/problem';
import { type FormEvent, useCallback, useRef, useState } from 'react';
import { Field } from '../kit/field.js';
import { useParts } from '../parts.js';
import { useFaultWords } from '../security/fault-words.js';
import { PageHeading } from '../shell/page-heading.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';

interface SecondFactorFormProps {
  readonly ticket: string;
  readonly kinds: readonly string[];
  /** Back to name and password. */
  readonly onBegin: () => void;
}

type Kind = 'totp' | 'recovery-code';

/** What an account with an authenticator app asks for besides the password. */
export const SecondFactorForm = ({ ticket, kinds, onBegin }: SecondFactorFormProps) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const faultWords = useFaultWords();
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<Kind>(kinds.includes('totp') ? 'totp' : 'recovery-code');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [isOver, setIsOver] = useState(false);
  /** What had the focus is gone, with the password or with the field of the other kind. */
  const take = useCallback((field: HTMLInputElement | null) => {
    input.current = field;
    field?.focus();
  }, []);

  const refuse = (words: string) => {
    setFault(words);
    input.current?.focus();
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const code = String(new FormData(event.currentTarget).get('code')).trim();
    if (code === '') {
      refuse(kind === 'totp' ? own.appCodeMissing : own.recoveryCodeMissing);
      return;
    }
    setFault(undefined);
    setBusy(true);
    try {
      // Apps show the six digits in two groups.
      await session.giveSecondFactor(ticket, kind, kind === 'totp' ? code.replace(/\s/g, '') : code);
    } catch (thrown) {
      setBusy(false);
      if (isProblem(thrown) && [...thrown.reasons.values()].includes('ticket-over')) setIsOver(true);
      refuse(faultWords(thrown));
    }
  };
  const isApp = kind === 'totp';
  return (
    <div className="gate">
      <form className="card gate-card" onSubmit={(event) => void send(event)} noValidate>
        <PageHeading title={own.secondFactorTitle} />
        <p className="gate-line">{own.secondFactorText}</p>
        <Field
          key={kind}
          ref={take}
          label={isApp ? own.appCode : own.recoveryCode}
          name="code"
          inputMode={isApp ? 'numeric' : 'text'}
          autoComplete={isApp ? 'one-time-code' : 'off'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={isApp ? 16 : 64}
          hint={isApp ? own.appCodeHint : own.recoveryCodeHint}
          fault={fault}
        />
        {!isOver && (
          <button type="submit" className="button primary wide" disabled={busy}>
            {busy ? text.working : text.signIn}
          </button>
        )}
        {!isOver && kinds.includes('totp') && kinds.includes('recovery-code') && (
          <button
            type="button"
            className="button wide"
            onClick={() => {
              setFault(undefined);
              setKind(isApp ? 'recovery-code' : 'totp');
            }}
          >
            {isApp ? own.useRecoveryCode : own.useApp}
          </button>
        )}
        <button type="button" className={isOver ? 'button primary wide' : 'button quiet wide'} onClick={onBegin}>
          {own.beginAnew}
        </button>
      </form>
    </div>
  );
};
