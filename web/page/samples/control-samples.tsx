import { basisChoice } from '../display/choices.js';
import { ChoiceSelect } from '../header/choice-select.js';
import { FreshnessDot } from '../header/freshness-dot.js';
import { Disclosure } from '../kit/disclosure.js';
import { Field } from '../kit/field.js';
import { Icon } from '../kit/icon.js';
import { useLive } from '../parts.js';
import { Freshness } from '../portfolio/freshness.js';
import { HoldingsTable } from '../portfolio/table/holdings-table.js';
import { useText } from '../text/language.js';

const nothing = () => undefined;

export const TableSample = () => {
  const view = useLive((state) => state.view);
  const holdings = useLive((state) => state.holdings);
  if (!view) return null;
  return <HoldingsTable holdings={holdings} dayBasis={view.dayBasis} onChange={nothing} onAdd={nothing} />;
};

export const SelectSample = () => {
  const text = useText();
  return <ChoiceSelect label={text.basis} choice={basisChoice} words={text.bases} />;
};

export const FreshnessSample = () => {
  const fresh = useLive((state) => state.view?.fresh);
  return (
    <div className="sample-row">
      <FreshnessDot />
      <Freshness of={fresh} about="value" />
    </div>
  );
};

export const FieldSample = () => {
  const text = useText();
  return (
    <>
      <Field label={text.quantity} name="plain" hint={text.emptyText} />
      <Field label={text.quantity} name="faulty" fault={text.noAnswer} />
    </>
  );
};

export const ButtonSample = () => {
  const text = useText();
  return (
    <div className="sample-row">
      <button type="button" className="button primary">
        {text.addCoin}
      </button>
      <button type="button" className="button">
        {text.cancel}
      </button>
      <button type="button" className="button danger bordered">
        {text.dismiss}
      </button>
      <button type="button" className="icon-button" aria-label={text.more}>
        <Icon name="more" />
      </button>
      <Disclosure label={text.more} button={<span>{text.more}</span>}>
        <p>{text.emptyText}</p>
      </Disclosure>
    </div>
  );
};
