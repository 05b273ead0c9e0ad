import { useQueryClient } from '@tanstack/react-query';
import type { PasskeyOptionsAnswer } from '@tickfolio/api/account';
import { useEffect } from 'react';
import { Field } from '../../kit/field.js';
import { useParts } from '../../parts.js';
import { accountKey, accountPath } from '../../security/account-overview.js';
import { useFaultWords } from '../../security/fault-words.js';
import { makePasskey } from '../../security/passkey-ceremony.js';
import { useProof } from '../../security/proof.js';
import { useToast } from '../../shell/toasts.js';
import { useIsHere } from '../../shell/use-is-here.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { PartForm } from './part-form.js';
import { useRefusable } from './use-refusable.js';

const maxName = 64;
const path = `${accountPath}/passkeys`;

/** Has the browser make a passkey, under a name that its owner knows it by. */
export const PasskeyForm = ({ onDone }: { readonly onDone: () => void }) => {
  const own = useSecurityText();
  const { session } = useParts();
  const prove = useProof();
  const toast = useToast();
  const client = useQueryClient();
  const faultWords = useFaultWords();
  const isHere = useIsHere();
  const { input, fault, refuse, forget } = useRefusable();
  // The button that had the focus is gone, and the usual name is there to be typed over.
  useEffect(() => input.current?.select(), [input]);
  const add = async (name: string) => {
    const begun = await prove(() => session.call<PasskeyOptionsAnswer>('POST', `${path}/options`));
    if (!begun) return false;
    const response = await makePasskey(begun.options);
    await session.call('POST', path, { ticket: begun.ticket, name, response });
    return true;
  };
  const send = async (data: FormData) => {
    const name = String(data.get('name')).trim();
    if (name === '' || [...name].length > maxName) {
      refuse(own.passkeyNameShape);
      return;
    }
    forget();
    try {
      const isAdded = await add(name);
      if (!isAdded) return;
      toast({ message: own.passkeyAdded(name) });
      void client.invalidateQueries({ queryKey: accountKey });
      if (isHere.current) onDone();
    } catch (thrown) {
      if (isHere.current) refuse(faultWords(thrown));
      else toast({ message: faultWords(thrown), tone: 'fault' });
    }
  };
  return (
    <PartForm action={own.passkeyAdd} send={send} onCancel={onDone}>
      <Field
        ref={input}
        label={own.passkeyName}
        name="name"
        defaultValue={own.passkeyNameUsual}
        autoComplete="off"
        maxLength={maxName}
        hint={own.passkeyNameHint}
        fault={fault}
      />
    </PartForm>
  );
};
