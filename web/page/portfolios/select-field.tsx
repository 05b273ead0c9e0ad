import { type SelectHTMLAttributes, useId } from 'react';

interface SelectFieldProps<Value extends string> extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> {
  readonly label: string;
  readonly value: Value;
  /** What can be chosen, and the words for it. */
  readonly options: readonly (readonly [Value, string])[];
  readonly onPick: (value: Value) => void;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
}

/** A choice with its label and its hint, or what is wrong with it. */
export const SelectField = <Value extends string>(props: SelectFieldProps<Value>) => {
  const { label, value, options, onPick, hint, fault, ...select } = props;
  const id = useId();
  const described = fault ? `${id}-fault` : hint && `${id}-hint`;
  return (
    <div className={`field ${fault ? 'faulty' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <select
          id={id}
          value={value}
          aria-invalid={fault !== undefined}
          aria-describedby={described}
          onChange={({ target }) => onPick(target.value as Value)}
          {...select}
        >
          {options.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      </div>
      {fault && (
        <p id={`${id}-fault`} className="fault" role="alert">
          {fault}
        </p>
      )}
      {hint && !fault && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
};
