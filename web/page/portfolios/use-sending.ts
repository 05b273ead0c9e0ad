import { type RefObject, useRef, useState } from 'react';
import { useToast } from '../shell/toasts.js';
import { useIsHere } from '../shell/use-is-here.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { type AskedField, type Refusal, refusalOf } from './refusal.js';

export interface Sending {
  readonly form: RefObject<HTMLFormElement | null>;
  /** Whether the form is still there: who left it is elsewhere, and stays there. */
  readonly isHere: RefObject<boolean>;
  readonly busy: boolean;
  /** What is wrong with a field; without one, what is wrong with none alone. */
  readonly faultOf: (field?: AskedField) => string | undefined;
  readonly refuse: (refusal: Refusal) => void;
  readonly forget: () => void;
  /** Does it, one at a time. What went wrong is told in the form as long as that is there, else in a notice. */
  readonly send: (work: () => Promise<void>) => void;
}

/** Of a form whose fields the server may refuse. @param fields that it has */
export const useSending = (...fields: readonly AskedField[]): Sending => {
  const text = usePortfoliosText();
  const toast = useToast();
  const isHere = useIsHere();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const refuse = (found: Refusal) => {
    setRefusal(found);
    const name = found.field !== undefined && fields.includes(found.field) ? found.field : fields[0];
    if (name !== undefined) form.current?.querySelector<HTMLElement>(`[name=${name}]`)?.focus();
  };
  const send = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await work();
    } catch (thrown) {
      const found = refusalOf(thrown, text);
      if (isHere.current) refuse(found);
      else toast({ message: found.words, tone: 'fault' });
    } finally {
      if (isHere.current) setBusy(false);
    }
  };
  const faultOf = (field?: AskedField) => {
    const told = refusal?.field !== undefined && fields.includes(refusal.field) ? refusal.field : undefined;
    return refusal && told === field ? refusal.words : undefined;
  };
  return { form, isHere, busy, faultOf, refuse, forget: () => setRefusal(undefined), send: (work) => void send(work) };
};
