import { grouped } from '@tickfolio/lib/look/amount';
import { Field } from '../../kit/field.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { partOf, type Unit } from './amount.js';

const parts = [25, 50, 75, 100] as const;

interface QuantityFieldProps {
  readonly base: string;
  /** What parts can be taken of; undefined where it is added to. */
  readonly held: string | undefined;
  readonly typed: string;
  readonly unit: Unit;
  /** Whether a price is known, without which USDT say no quantity. */
  readonly isPriced: boolean;
  readonly fault: string | undefined;
  /** What was understood. */
  readonly hint: string | undefined;
  readonly onType: (typed: string, unit: Unit) => void;
  readonly onUnit: (unit: Unit) => void;
}

/** Asks for a quantity, in pieces or in USDT, or as a part of what is held. */
export const QuantityField = (props: QuantityFieldProps) => {
  const { base, held, typed, unit, isPriced, fault, hint, onType, onUnit } = props;
  const text = useQuantityText();
  const units = { coin: base, usdt: 'USDT' } as const;
  return (
    <>
      <Field
        label={unit === 'coin' ? text.howMuch(base) : text.howMuchUsdt}
        value={typed}
        onChange={({ target }) => onType(target.value, unit)}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        fault={fault}
        hint={hint}
        tail={
          isPriced ? (
            <fieldset className="unit-switch">
              <legend className="visually-hidden">{text.amountIn}</legend>
              {(['coin', 'usdt'] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  className="button quiet small"
                  aria-pressed={unit === one}
                  translate="no"
                  onClick={() => onUnit(one)}
                >
                  {units[one]}
                </button>
              ))}
            </fieldset>
          ) : (
            <span className="field-unit" translate="no">
              {base}
            </span>
          )
        }
      />
      {held !== undefined && (
        <fieldset className="part-buttons">
          <legend className="visually-hidden">{text.partOfHeld}</legend>
          {parts.map((part) => (
            <button
              key={part}
              type="button"
              className="button small"
              onClick={() => onType(grouped(partOf(held, part), text.numbers), 'coin')}
            >
              {`${part} %`}
            </button>
          ))}
        </fieldset>
      )}
    </>
  );
};
