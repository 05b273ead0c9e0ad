import { grouped } from '@tickfolio/lib/look/amount';
import { formatDecimal, isZero, parseDecimal, subtract } from '@tickfolio/lib/money';
import { useState } from 'react';
import { useDiscreet } from '../../display/choices.js';
import { Field } from '../../kit/field.js';
import { faultWhileTyped, readQuantity } from '../../portfolio/changes/quantity.js';
import { useToast } from '../../shell/toasts.js';
import { useWish } from '../../shell/use-wish.js';
import { Figure, hiddenAmount } from '../../text/figure.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { type Portfolio, usePortfolioCalls } from '../portfolio-calls.js';
import { SelectField } from '../select-field.js';
import { availableOf } from '../transferable.js';
import type { Balances } from '../use-balances.js';
import { useReadAnew } from '../use-portfolios.js';
import { useSending } from '../use-sending.js';
import { FormDialog } from './form-dialog.js';

interface TransferDialogProps {
  readonly from: Portfolio;
  readonly balances: Balances;
  /** Where it can go: at least one. */
  readonly targets: readonly Portfolio[];
  readonly onClose: () => void;
}

/** Asks what is to be moved, and where. */
export const TransferDialog = ({ from, balances, targets, onClose }: TransferDialogProps) => {
  const text = usePortfoliosText();
  const quantityText = useQuantityText();
  const isDiscreet = useDiscreet();
  const toast = useToast();
  const calls = usePortfolioCalls();
  const readAnew = useReadAnew();
  const asWish = useWish('transfer');
  const sending = useSending('quantity', 'asset', 'to');
  const { isHere, faultOf, refuse, forget, send, form } = sending;
  const available = availableOf(balances);
  const [typed, setTyped] = useState('');
  const [asset, setAsset] = useState([...available.keys()][0] ?? '');
  const [to, setTo] = useState(targets[0]);
  // What was chosen and is gone by now, by another tab, is still what would be sent; a field shows another one in the
  // place of what it does not list.
  const assets = [...new Set([...available.keys(), asset])];
  const places = targets.some(({ id }) => id === to?.id) || !to ? targets : [...targets, to];
  const held = parseDecimal(available.get(asset) ?? '0');
  const shown = (quantity: string) => `${grouped(quantity, text.numbers)} ${asset}`;
  // What is wrong may say how much there is.
  const words = isDiscreet
    ? { ...quantityText, quantityTooMuch: () => quantityText.quantityTooMuch(hiddenAmount) }
    : quantityText;
  const read = readQuantity(typed, words, { most: { quantity: held, base: asset } });
  const left = read.quantity && formatDecimal(subtract(held, read.quantity));
  const say = (set: (value: string) => void) => (value: string) => {
    set(value);
    forget();
  };
  const move = () => {
    if (!read.quantity) {
      refuse({ field: 'quantity', words: read.fault });
      return;
    }
    const amount = { asset, quantity: formatDecimal(read.quantity) };
    const { id: toId, name } = to ?? { id: '', name: '' };
    send(async () => {
      const wanted = { from: from.id, to: toId, ...amount };
      await asWish(wanted, (key) => calls.transfer(from.id, toId, amount, key));
      void readAnew();
      if (isHere.current) onClose();
      const moved = shown(amount.quantity);
      toast({ message: text.transferred(moved, name), discreetly: text.transferred(hiddenAmount, name) });
    });
  };
  const takeAll = () => {
    say(setTyped)(grouped(formatDecimal(held), text.numbers));
    form.current?.querySelector<HTMLElement>('[name=quantity]')?.focus();
  };
  return (
    <FormDialog
      title={text.transferTitle(from.name)}
      action={text.transfer}
      sending={sending}
      onSend={move}
      onClose={onClose}
    >
      <SelectField
        label={text.transferWhat}
        name="asset"
        value={asset}
        options={assets.map((one) => [one, one] as const)}
        onPick={say(setAsset)}
        fault={faultOf('asset')}
        translate="no"
      />
      <Field
        label={text.amount}
        name="quantity"
        value={typed}
        onChange={({ target }) => say(setTyped)(target.value)}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        hint={text.available(isDiscreet ? hiddenAmount : shown(formatDecimal(held)))}
        fault={faultOf('quantity') ?? faultWhileTyped(read)}
        tail={
          // All of it would be written out.
          !isDiscreet &&
          !isZero(held) && (
            <button type="button" className="button quiet small" onClick={takeAll}>
              {text.all}
            </button>
          )
        }
      />
      <SelectField
        label={text.transferTo}
        name="to"
        value={to?.id ?? ''}
        options={places.map(({ id, name }) => [id, name] as const)}
        onPick={say((picked) => setTo(places.find(({ id }) => id === picked)))}
        fault={faultOf('to')}
        translate="no"
      />
      <dl className="preview" aria-live="polite">
        <div className={left === undefined ? 'next none' : 'next'}>
          <dt>{text.staysHere}</dt>
          <dd>
            <Figure isPrivate={left !== undefined}>{left === undefined ? `– ${asset}` : shown(left)}</Figure>
          </dd>
        </div>
      </dl>
    </FormDialog>
  );
};
