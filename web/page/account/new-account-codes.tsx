import { useEffect, useRef, useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { RecoveryCodes } from '../security/recovery-codes.js';
import { PageHeading } from '../shell/page-heading.js';
import { useText } from '../text/language.js';
import { useSecurityText } from '../text/security/use-security-text.js';

interface NewAccountCodesProps {
  readonly userName: string;
  readonly codes: readonly string[];
  /** Signs in. @throws Problem */
  readonly onKept: () => Promise<void>;
}

/** The account is made; its codes are shown before anything else is. */
export const NewAccountCodes = ({ userName, codes, onKept }: NewAccountCodesProps) => {
  const text = useText();
  const own = useSecurityText();
  const heading = useRef<HTMLHeadingElement>(null);
  // The form that had the focus is gone.
  useEffect(() => heading.current?.focus(), []);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const goOn = () => {
    setBusy(true);
    setFault(undefined);
    onKept().catch((thrown: unknown) => {
      setBusy(false);
      setFault(faultText(thrown, text));
    });
  };
  return (
    <div className="gate">
      <div className="card gate-card">
        <PageHeading title={own.codesTitle} ref={heading} tabIndex={-1} />
        <p>{own.codesText}</p>
        {fault && (
          <p className="banner fault" role="alert">
            {fault}
          </p>
        )}
        <RecoveryCodes
          codes={codes}
          userName={userName}
          action={busy ? text.working : own.continue}
          busy={busy}
          onKept={goOn}
        />
      </div>
    </div>
  );
};
