interface ChoicesProps<Value extends string> {
  readonly label: string;
  /** Of the group of fields. */
  readonly name: string;
  readonly words: Readonly<Record<Value, string>>;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few, all seen at once. */
export const Choices = <Value extends string>({ label, name, words, values, value, onChange }: ChoicesProps<Value>) => (
  <fieldset>
    <legend>{label}</legend>
    <div className="choices">
      {values.map((one) => (
        <label key={one} lang={name === 'language' ? one : undefined}>
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{words[one]}</span>
        </label>
      ))}
    </div>
  </fieldset>
);
