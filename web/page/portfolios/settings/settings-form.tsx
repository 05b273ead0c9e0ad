import { type FormEvent, useState } from 'react';
import { Field } from '../../kit/field.js';
import { useToast } from '../../shell/toasts.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import {
  baseCurrencies,
  maxAssetLength,
  maxNameLength,
  type Portfolio,
  usePortfolioCalls,
} from '../portfolio-calls.js';
import { SelectField } from '../select-field.js';
import { useTakeChanged } from '../use-portfolios.js';
import { useSending } from '../use-sending.js';
import { changedSettings, type Edited, hasFees } from './changed-settings.js';

const costMethods = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE'] as const;

/** What its owner decides about a portfolio; sent as one change of what is not so already. */
export const SettingsForm = ({ portfolio }: { readonly portfolio: Portfolio }) => {
  const text = usePortfoliosText();
  const toast = useToast();
  const calls = usePortfolioCalls();
  const takeChanged = useTakeChanged();
  const { form, busy, faultOf, refuse, forget, send } = useSending('name', 'baseCurrency', 'feeAsset');
  // Apart from what the server says: what was typed stays, whatever is read anew.
  const [edited, setEdited] = useState<Edited>({});
  const { name, baseCurrency, costMethod, feeAsset } = { ...portfolio, ...edited };
  const say = (more: Edited) => {
    setEdited({ ...edited, ...more });
    forget();
  };
  const fault = faultOf();
  const save = (event: FormEvent) => {
    event.preventDefault();
    const change = changedSettings(edited, portfolio);
    if (change.name === '') {
      refuse({ field: 'name', words: text.portfolioNameMissing });
      return;
    }
    if (Object.keys(change).length === 0) {
      setEdited({});
      toast({ message: text.nothingChanged });
      return;
    }
    send(async () => {
      takeChanged(await calls.change(portfolio.id, change));
      // What was typed while it was sent is meant to stay.
      setEdited((before) => (before === edited ? {} : before));
      toast({ message: text.saved });
    });
  };
  return (
    <form ref={form} className="card settings" onSubmit={save} noValidate>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
      <Field
        label={text.portfolioName}
        name="name"
        value={name}
        onChange={({ target }) => say({ name: target.value })}
        maxLength={maxNameLength}
        autoComplete="off"
        fault={faultOf('name')}
      />
      <SelectField
        label={text.baseCurrency}
        name="baseCurrency"
        value={baseCurrency}
        options={[...new Set([...baseCurrencies, baseCurrency])].map((one) => [one, one] as const)}
        onPick={(picked) => say({ baseCurrency: picked })}
        hint={text.baseCurrencyHint}
        fault={faultOf('baseCurrency')}
        translate="no"
      />
      <SelectField
        label={text.costMethod}
        name="costMethod"
        value={costMethod}
        options={costMethods.map((one) => [one, text.costMethods[one]] as const)}
        onPick={(picked) => say({ costMethod: picked })}
        hint={text.costMethodHint}
      />
      {hasFees(portfolio) && (
        <Field
          label={text.feeAsset}
          name="feeAsset"
          value={feeAsset ?? ''}
          onChange={({ target }) => say({ feeAsset: target.value })}
          maxLength={maxAssetLength}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          hint={text.feeAssetHint}
          fault={faultOf('feeAsset')}
        />
      )}
      <div className="part-actions">
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? text.working : text.save}
        </button>
      </div>
    </form>
  );
};
