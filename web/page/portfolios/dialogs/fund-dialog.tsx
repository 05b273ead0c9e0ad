import { grouped } from '@tickfolio/lib/look/amount';
import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { useState } from 'react';
import { Field } from '../../kit/field.js';
import { faultWhileTyped, readQuantity } from '../../portfolio/changes/quantity.js';
import { useToast } from '../../shell/toasts.js';
import { useWish } from '../../shell/use-wish.js';
import { hiddenAmount } from '../../text/figure.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { type Portfolio, usePortfolioCalls } from '../portfolio-calls.js';
import { SelectField } from '../select-field.js';
import { totalOf } from '../transferable.js';
import type { Balances } from '../use-balances.js';
import { useReadAnew } from '../use-portfolios.js';
import { useSending } from '../use-sending.js';
import { FormDialog } from './form-dialog.js';

/** What there is as money. */
const currencies = ['USDT', 'USDC', 'EUR'] as const;
type Currency = (typeof currencies)[number];

interface FundDialogProps {
  readonly portfolio: Portfolio;
  /** Undefined until they were read: then what is in it is known to the server alone. */
  readonly balances: Balances | undefined;
  /** In which it is asked for at first, where it is given in that. Default USDT. */
  readonly first?: string;
  readonly onClose: () => void;
}

/** Asks how much paper money is to be given. */
export const FundDialog = ({ portfolio: { id, name }, balances, first, onClose }: FundDialogProps) => {
  const text = usePortfoliosText();
  const quantityText = useQuantityText();
  const toast = useToast();
  const calls = usePortfolioCalls();
  const readAnew = useReadAnew();
  const asWish = useWish('fund');
  const sending = useSending('quantity', 'asset');
  const { isHere, faultOf, refuse, forget, send } = sending;
  const [typed, setTyped] = useState('');
  const [asset, setAsset] = useState<Currency>(currencies.find((one) => one === first) ?? 'USDT');
  const read = readQuantity(typed, quantityText, balances ? { onto: parseDecimal(totalOf(balances, asset)) } : {});
  const shown = read.quantity && `${grouped(formatDecimal(read.quantity), text.numbers)} ${asset}`;
  const give = () => {
    if (!read.quantity) {
      refuse({ field: 'quantity', words: read.fault });
      return;
    }
    const amount = { asset, quantity: formatDecimal(read.quantity) };
    send(async () => {
      await asWish({ id, ...amount }, (key) => calls.fund(id, amount, key));
      void readAnew();
      if (isHere.current) onClose();
      toast({ message: text.funded(shown ?? ''), discreetly: text.funded(hiddenAmount) });
    });
  };
  return (
    <FormDialog title={text.fundTitle(name)} action={text.fund} sending={sending} onSend={give} onClose={onClose}>
      <Field
        label={text.amount}
        name="quantity"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          forget();
        }}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        hint={shown === undefined ? text.fundHint : `= ${shown}`}
        fault={faultOf('quantity') ?? faultWhileTyped(read)}
        tail={
          <span className="field-unit" translate="no">
            {asset}
          </span>
        }
      />
      <SelectField
        label={text.currencyOf}
        name="asset"
        value={asset}
        options={currencies.map((one) => [one, one] as const)}
        onPick={setAsset}
        fault={faultOf('asset')}
        translate="no"
      />
    </FormDialog>
  );
};
