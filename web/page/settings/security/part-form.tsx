import { type FormEvent, type ReactNode, type Ref, useState } from 'react';
import { useIsHere } from '../../shell/use-is-here.js';
import { useText } from '../../text/language.js';

interface PartFormProps {
  /** What the button says that sends it. */
  readonly action: string;
  /** Tells by itself what went wrong; one at a time. */
  readonly send: (data: FormData) => Promise<void>;
  readonly onCancel: () => void;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLFormElement>;
}

/** What is filled in within a part of the settings. */
export const PartForm = ({ action, send, onCancel, children, ref }: PartFormProps) => {
  const text = useText();
  const isHere = useIsHere();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    await send(new FormData(event.currentTarget));
    if (isHere.current) setBusy(false);
  };
  return (
    <form ref={ref} className="part-form" onSubmit={(event) => void submit(event)} noValidate>
      {children}
      <div className="part-actions">
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? text.working : action}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
};
