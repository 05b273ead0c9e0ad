import { Field } from '../../kit/field.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Market } from '../market/use-market.js';
import type { Drafting } from './use-draft.js';

interface PriceFieldProps {
  readonly name: 'price' | 'stopPrice';
  readonly drafting: Drafting;
  readonly market: Market;
  readonly fault: string | undefined;
}

/** Asks for a price; that of now is a press away. */
export const PriceField = ({
  name,
  drafting: { draft, change, put },
  market: { price, quote },
  fault,
}: PriceFieldProps) => {
  const text = useTradeText();
  return (
    <Field
      label={name === 'price' ? text.limitPrice : text.stopPrice}
      name={name}
      value={draft[name]}
      onChange={({ target }) => change({ [name]: target.value })}
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      fault={fault}
      tail={
        <>
          <button
            type="button"
            className="button quiet small"
            disabled={price === undefined}
            onClick={() => price !== undefined && put({ [name]: price })}
          >
            {text.useLast}
          </button>
          <span className="field-unit" translate="no">
            {quote}
          </span>
        </>
      }
    />
  );
};
