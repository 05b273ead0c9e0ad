import { useEffect, useRef, useState } from 'react';
import { useChoice } from '../../display/choice.js';
import { dustChoice } from '../../display/choices.js';
import { useText } from '../../text/language.js';
import { type Order, type OrderName, orderNames } from './arrangement.js';

/** From so many holdings on, one is looked for faster by its name than by eye. */
const filterFrom = 8;

interface FilterProps {
  readonly find: string;
  readonly onFind: (text: string) => void;
}

/** The address follows what is typed here, some pictures later; only while nobody types it is the other way round. */
const Filter = ({ find, onFind }: FilterProps) => {
  const text = useText();
  const [typed, setTyped] = useState(find);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== input.current) setTyped(find);
  }, [find]);
  return (
    <input
      ref={input}
      type="search"
      className="filter"
      aria-label={text.filter}
      placeholder={text.filter}
      value={typed}
      autoComplete="off"
      spellCheck={false}
      onChange={({ target }) => {
        setTyped(target.value);
        onFind(target.value);
      }}
    />
  );
};

const DustSwitch = () => {
  const text = useText();
  const isOn = useChoice(dustChoice) === 'hidden';
  return (
    <label className="dust-switch">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ target }) => dustChoice.set(target.checked ? 'hidden' : 'shown')}
      />{' '}
      <span>{text.hideDust}</span>
    </label>
  );
};

interface HoldingsHeadProps {
  readonly count: number;
  readonly dust: number;
  readonly find: string;
  readonly order: Order;
  /** Where there are no headings to press. */
  readonly hasSortField: boolean;
  readonly onFind: (text: string) => void;
  readonly onOrder: (order: Order) => void;
  readonly onAdd: () => void;
}

/** What stands above the table: how much there is, and what is shown of it. */
export const HoldingsHead = (props: HoldingsHeadProps) => {
  const { count, dust, find, order, hasSortField, onFind, onOrder, onAdd } = props;
  const text = useText();
  return (
    <div className="holdings-head">
      <h2 id="holdings-title">
        <span>{text.holdings}</span> <span className="count">{count}</span>
      </h2>
      {(count >= filterFrom || find !== '') && <Filter find={find} onFind={onFind} />}
      {dust > 0 && <DustSwitch />}
      {hasSortField && count > 1 && (
        <label className="sort">
          <span>{text.sort}</span>
          <select
            value={order.by}
            onChange={({ target }) => onOrder({ by: target.value as OrderName, isReversed: false })}
          >
            {orderNames.map((name) => (
              <option key={name} value={name}>
                {text.sortBy[name]}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="button" className="button primary" onClick={onAdd}>
        {text.addCoin}
      </button>
    </div>
  );
};
