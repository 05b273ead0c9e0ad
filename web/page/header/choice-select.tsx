import { type Choice, useChoice } from '../display/choice.js';

interface ChoiceSelectProps<Value extends string> {
  readonly label: string;
  readonly choice: Choice<Value>;
  readonly words: Readonly<Record<Value, string>>;
  /** Which can be chosen now. Default all. */
  readonly values?: readonly Value[] | undefined;
}

/** A choice as a small field of the header. */
export const ChoiceSelect = <Value extends string>({ label, choice, words, values }: ChoiceSelectProps<Value>) => {
  const chosen = useChoice(choice);
  const shown = values ?? choice.values;
  const value = shown.includes(chosen) ? chosen : shown[0];
  return (
    <select
      className="choice-select"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => choice.set(event.target.value as Value)}
    >
      {shown.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  );
};
