import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import { useBreaks } from '../text/figure.js';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  /** Of the input. */
  readonly ref?: Ref<HTMLInputElement>;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  /** Stands at the end of the input. */
  readonly tail?: ReactNode;
}

/** An input with its label and its hint, or what is wrong with it, which says the same and more. */
export const Field = ({ label, hint, fault, tail, ...input }: FieldProps) => {
  const id = useId();
  const breaks = useBreaks();
  const described = fault ? `${id}-fault` : hint && `${id}-hint`;
  return (
    <div className={`field ${fault ? 'faulty' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input id={id} aria-invalid={fault !== undefined} aria-describedby={described} {...input} />
        {tail}
      </div>
      {fault && (
        <p id={`${id}-fault`} className="fault" role="alert">
          {breaks(fault)}
        </p>
      )}
      {hint && !fault && (
        <p id={`${id}-hint`} className="hint">
          {breaks(hint)}
        </p>
      )}
    </div>
  );
};
