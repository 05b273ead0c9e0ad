import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  /** Stands at the end of the input. */
  readonly tail?: ReactNode;
}

/** An input with its label, its hint, and what is wrong with it. */
export const Field = ({ label, hint, fault, tail, ...input }: FieldProps) => {
  const id = useId();
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div className={`field ${fault ? 'faulty' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input id={id} aria-invalid={fault !== undefined} aria-describedby={described || undefined} {...input} />
        {tail}
      </div>
      {fault && (
        <p id={`${id}-fault`} className="fault" role="alert">
          {fault}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
};
