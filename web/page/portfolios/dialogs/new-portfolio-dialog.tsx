import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Field } from '../../kit/field.js';
import { Choices } from '../../settings/choices.js';
import { useToast } from '../../shell/toasts.js';
import { useWish } from '../../shell/use-wish.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { addressOf } from '../addresses.js';
import { baseCurrencies, maxNameLength, type NewPortfolio, usePortfolioCalls } from '../portfolio-calls.js';
import { SelectField } from '../select-field.js';
import { useReadAnew } from '../use-portfolios.js';
import { useSending } from '../use-sending.js';
import { FormDialog } from './form-dialog.js';

const kinds = ['paper', 'tracking'] as const;

/** Asks what a new portfolio is called and what it is for, and leads to it. */
export const NewPortfolioDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const text = usePortfoliosText();
  const toast = useToast();
  const navigate = useNavigate();
  const calls = usePortfolioCalls();
  const readAnew = useReadAnew();
  const asWish = useWish('portfolio');
  const sending = useSending('name', 'baseCurrency');
  const { isHere, faultOf, refuse, forget, send } = sending;
  const [plan, setPlan] = useState<NewPortfolio>({ name: '', kind: 'paper', baseCurrency: 'USDT' });
  const say = (more: Partial<NewPortfolio>) => {
    setPlan({ ...plan, ...more });
    forget();
  };
  const create = () => {
    const wanted = { ...plan, name: plan.name.trim() };
    if (wanted.name === '') {
      refuse({ field: 'name', words: text.portfolioNameMissing });
      return;
    }
    send(async () => {
      const made = await asWish(wanted, (key) => calls.create(wanted, key));
      void readAnew();
      toast({ message: text.portfolioCreated(made.name) });
      if (!isHere.current) return;
      onClose();
      await navigate({ to: '/portfolios/$portfolio', params: { portfolio: addressOf(made) } });
    });
  };
  return (
    <FormDialog title={text.newPortfolio} action={text.create} sending={sending} onSend={create} onClose={onClose}>
      <Field
        label={text.portfolioName}
        name="name"
        value={plan.name}
        onChange={({ target }) => say({ name: target.value })}
        maxLength={maxNameLength}
        autoComplete="off"
        autoFocus
        hint={text.portfolioNameHint}
        fault={faultOf('name')}
      />
      <div className="kind-choice">
        <Choices
          label={text.kind}
          name="kind"
          words={text.kinds}
          values={kinds}
          value={plan.kind}
          onChange={(kind) => say({ kind })}
        />
        <p className="hint">{text.kindHints[plan.kind]}</p>
      </div>
      <SelectField
        label={text.baseCurrency}
        name="baseCurrency"
        value={plan.baseCurrency}
        options={baseCurrencies.map((one) => [one, one] as const)}
        onPick={(baseCurrency) => say({ baseCurrency })}
        hint={text.baseCurrencyHint}
        fault={faultOf('baseCurrency')}
        translate="no"
      />
    </FormDialog>
  );
};
