import type { TotpAnswer } from '@tickfolio/api/account';
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import { Field } from '../../kit/field.js';
import { useParts } from '../../parts.js';
import { useFaultWords } from '../../security/fault-words.js';
import { useProof } from '../../security/proof.js';
import { qrPath } from '../../security/qr-path.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { PartForm } from './part-form.js';
import { createAppConfirmation } from './unheard-changes.js';
import { useRefusable } from './use-refusable.js';

const QrCode = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} />
      <path d={path} />
    </svg>
  );
};

/** As people read a long word aloud. */
const groupsOf = (secret: string): readonly string[] => secret.match(/.{1,4}/g) ?? [];

interface AppSetupProps {
  readonly begun: TotpAnswer;
  readonly onAdded: () => void;
  readonly onCancel: () => void;
}

/** A secret for the app, and its first code back. */
export const AppSetup = ({ begun, onAdded, onCancel }: AppSetupProps) => {
  const own = useSecurityText();
  const { session } = useParts();
  const [confirm] = useState(() => createAppConfirmation(session.call));
  const prove = useProof();
  const faultWords = useFaultWords();
  const { input, fault, refuse, forget } = useRefusable();
  const first = useRef<HTMLParagraphElement>(null);
  // The button that had the focus is gone, and what comes is to be read before anything is typed.
  useEffect(() => first.current?.focus(), []);
  const send = async (data: FormData) => {
    const code = String(data.get('code')).replace(/\s/g, '');
    if (!/^\d{6}$/.test(code)) {
      refuse(own.appCodeMissing);
      return;
    }
    forget();
    try {
      const isAdded = await prove(async () => {
        await confirm(code);
        return true;
      });
      if (isAdded !== undefined) onAdded();
    } catch (thrown) {
      refuse(faultWords(thrown));
    }
  };
  return (
    <PartForm action={own.appConfirm} send={send} onCancel={onCancel}>
      <p ref={first} tabIndex={-1}>
        {own.appStep1}
      </p>
      <div className="app-secret">
        <QrCode text={begun.uri} label={own.appQr} />
        <div>
          <p className="hint">{own.appSecret}</p>
          <p className="secret-groups" translate="no">
            {groupsOf(begun.secret).map((group, at) => (
              // Equal groups may come twice.
              <Fragment key={`${at.toString()}${group}`}>
                <span>{group}</span>{' '}
              </Fragment>
            ))}
          </p>
          <a href={begun.uri}>{own.appOpen}</a>
        </div>
      </div>
      <Field
        ref={input}
        label={own.appStep2}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={16}
        hint={own.appCodeHint}
        fault={fault}
      />
    </PartForm>
  );
};
