import { useText } from '../text/language.js';
import type { Messages } from '../text/messages-en.js';

type RangeName = keyof Messages['ranges'];

interface RangeTabsProps<T extends RangeName> {
  readonly ranges: readonly T[];
  readonly value: T;
  readonly onChange: (range: T) => void;
}

/** How far back a chart goes. */
export const RangeTabs = <T extends RangeName>({ ranges, value, onChange }: RangeTabsProps<T>) => {
  const text = useText();
  return (
    <fieldset className="ranges">
      <legend className="visually-hidden">{text.range}</legend>
      {ranges.map((range) => (
        <button
          key={range}
          type="button"
          title={text.ranges[range]}
          aria-pressed={range === value}
          onClick={() => onChange(range)}
        >
          {text.rangeShort[range]}
        </button>
      ))}
    </fieldset>
  );
};
