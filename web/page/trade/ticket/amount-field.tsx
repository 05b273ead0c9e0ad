import { grouped, shortQuantity } from '@tickfolio/lib/look/amount';
import { formatDecimal, multiply } from '@tickfolio/lib/money';
import { Field } from '../../kit/field.js';
import { Figure } from '../../text/figure.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Market } from '../market/use-market.js';
import { ownPrice, partOf } from './draft.js';
import { NearestButton, type NearestButtonProps } from './nearest-button.js';
import type { Drafting } from './use-draft.js';

const parts = [25, 50, 75, 100] as const;

interface AmountFieldProps extends Omit<NearestButtonProps, 'field'> {
  readonly drafting: Drafting;
  readonly market: Market;
  /** Of what is paid with, exact; undefined until it is known. */
  readonly available: string | undefined;
  readonly fault: string | undefined;
}

/** Asks how much: in what is traded, in what it is paid with, or as a part of what is available. */
export const AmountField = ({ drafting, market, available, fault, refusal, onTake }: AmountFieldProps) => {
  const text = useTradeText();
  const { draft, numbers, quantity, change, put } = drafting;
  const { base, quote, step } = market;
  const units = { base, quote } as const;
  const paid = draft.side === 'BUY' ? quote : base;
  const shown = (amount: string, asset: string) => `${grouped(amount, text.numbers)} ${asset}`;
  const price = ownPrice(draft, numbers);
  const hint = () => {
    if (draft.unit === 'quote') return quantity && `= ${shown(formatDecimal(quantity), base)}`;
    return numbers.amount && price && `= ${shown(formatDecimal(multiply(numbers.amount, price)), quote)}`;
  };
  return (
    <>
      <Field
        label={text.orderAmount}
        name="amount"
        value={draft.amount}
        onChange={({ target }) => change({ amount: target.value })}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        fault={fault}
        hint={hint()}
        tail={
          <fieldset className="unit-switch">
            <legend className="visually-hidden">{text.unitOfAmount}</legend>
            {(['base', 'quote'] as const).map((unit) => (
              <button
                key={unit}
                type="button"
                className="button quiet small"
                aria-pressed={draft.unit === unit}
                translate="no"
                onClick={() => change({ unit })}
              >
                {units[unit]}
              </button>
            ))}
          </fieldset>
        }
      />
      <NearestButton field="amount" {...{ refusal, onTake }} />
      <div className="ticket-available">
        <span>{text.availableOf}</span>{' '}
        <Figure isPrivate>{available === undefined ? '–' : `${shortQuantity(available, text.numbers)} ${paid}`}</Figure>
      </div>
      <fieldset className="part-buttons">
        <legend className="visually-hidden">{text.partOfAvailable}</legend>
        {parts.map((part) => (
          <button
            key={part}
            type="button"
            className="button small"
            disabled={available === undefined}
            onClick={() => available !== undefined && put(partOf(draft, available, part, step))}
          >
            {`${part} %`}
          </button>
        ))}
      </fieldset>
    </>
  );
};
