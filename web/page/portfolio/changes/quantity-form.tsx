import { newChangeKey } from '@tickfolio/client/change-key';
import { grouped, money, rounded } from '@tickfolio/lib/look/amount';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, subtract } from '@tickfolio/lib/money';
import { type FormEvent, useRef, useState } from 'react';
import { useDiscreet } from '../../display/choices.js';
import { faultText } from '../../kit/fault-text.js';
import { useIsHere } from '../../shell/use-is-here.js';
import { Figure, hiddenAmount } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import { readAmount, type Unit } from './amount.js';
import { QuantityField } from './quantity-field.js';

interface QuantityFormProps {
  readonly base: string;
  /** What is held now; undefined when nothing is. */
  readonly held: string | undefined;
  /** Price of one coin in USDT; undefined while it is not known. */
  readonly price: Decimal | undefined;
  /** When a price was recorded that is not live, in epoch milliseconds; nowhere, where there is none. */
  readonly priceFrom?: number | 'nowhere' | undefined;
  readonly mode: 'add' | 'reduce';
  /** @param key the same for every try of the same quantity @throws Problem */
  readonly submit: (quantity: string, key: string) => Promise<void>;
  readonly onDone: () => void;
  /** Told of a fault when this form is gone. */
  readonly onUnheard: (thrown: unknown) => void;
}

/** What a quantity is worth, in hundredths. */
const cents = (quantity: Decimal, price: Decimal): string => rounded(multiply(quantity, price), 2);

/** Asks for a quantity and shows beforehand what comes of it. */
export const QuantityForm = ({ base, held, price, priceFrom, mode, submit, onDone, onUnheard }: QuantityFormProps) => {
  const { text, times } = useSpeaking();
  const isDiscreet = useDiscreet();
  const [typed, setTyped] = useState('');
  const [unit, setUnit] = useState<Unit>('coin');
  // Of when it was typed: what was said in USDT stays the same quantity while prices move, and so its every try.
  const [priceThen, setPriceThen] = useState(price);
  /** What was typed before it was said in the other unit, which may be a little less. */
  const [original, setOriginal] = useState<{ readonly typed: string; readonly unit: Unit }>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isHere = useIsHere();
  /** Who presses again because no answer came wants the same once, not twice. */
  const wish = useRef({ quantity: '', key: '' });
  // While it is being changed what is held is the new balance already.
  const [heldThen, setHeldThen] = useState(held);
  if (!busy && heldThen !== held) setHeldThen(held);
  const before = parseDecimal((busy ? heldThen : held) ?? '0');
  const room = mode === 'reduce' ? { most: { quantity: before, base } } : { onto: before };
  // What is wrong may say how much is held.
  const faults = isDiscreet ? { ...text, quantityTooMuch: () => text.quantityTooMuch(hiddenAmount) } : text;
  const read = readAmount(typed, faults, { unit, price: priceThen, room });
  const after = read.quantity && (mode === 'add' ? add(before, read.quantity) : subtract(before, read.quantity));

  const shown = (digits: string) => grouped(digits, text.numbers);
  const amountOf = (digits: string) => `${shown(digits)} ${base}`;
  const type = (next: string, nextUnit: Unit) => {
    setTyped(next);
    setUnit(nextUnit);
    setPriceThen(price);
    setOriginal(undefined);
    setFault(undefined);
  };
  /** Says the same in the other unit, as far as something was said. */
  const changeUnit = (next: Unit) => {
    if (next === unit) return;
    const same =
      read.quantity && price && (next === 'coin' ? formatDecimal(read.quantity) : cents(read.quantity, price));
    if (original?.unit === next) type(original.typed, next);
    else {
      type(same === undefined ? typed : shown(same), next);
      setOriginal({ typed, unit });
    }
    form.current?.querySelector('input')?.focus();
  };
  const refuse = (why: string) => {
    setFault(why);
    form.current?.querySelector('input')?.focus();
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (!read.quantity) {
      refuse(read.fault);
      return;
    }
    setBusy(true);
    const quantity = formatDecimal(read.quantity);
    if (wish.current.quantity !== quantity) wish.current = { quantity, key: newChangeKey() };
    try {
      await submit(quantity, wish.current.key);
      if (isHere.current) onDone();
    } catch (thrown) {
      if (!isHere.current) {
        onUnheard(thrown);
        return;
      }
      setBusy(false);
      refuse(faultText(thrown, text));
    }
  };
  const amount = (quantity: Decimal) => amountOf(formatDecimal(quantity));
  /** What was understood, in full; where it could be taken for another number, not which. */
  const echo = () => {
    if (!read.quantity) return undefined;
    const understood = amount(read.quantity);
    if (unit === 'coin' || !priceThen)
      return read.unlike === undefined
        ? text.quantityRead(understood)
        : text.quantityReadUnlike(understood, amountOf(read.unlike));
    const at = text.quantityAt(understood, `${shown(formatDecimal(priceThen))} USDT`);
    return read.unlike === undefined ? at : `${at} · ${text.notMeant(`${shown(read.unlike)} USDT`)}`;
  };
  const worth = (quantity: Decimal) => price && `${money(multiply(quantity, price), text.numbers)} USDT`;
  return (
    <form ref={form} onSubmit={(event) => void send(event)} noValidate>
      <QuantityField
        base={base}
        held={mode === 'reduce' ? held : undefined}
        typed={typed}
        unit={unit}
        isPriced={price !== undefined && price.units !== 0n}
        fault={fault}
        hint={echo()}
        onType={type}
        onUnit={changeUnit}
      />
      <dl className="preview" aria-live="polite">
        <div>
          <dt>{text.previewNow}</dt>
          <dd>
            <Figure isPrivate>{amount(before)}</Figure>
            <Figure className="worth" isPrivate>
              {worth(before) ?? ''}
            </Figure>
          </dd>
        </div>
        <div className={after ? 'next' : 'next none'}>
          <dt>{text.preview}</dt>
          <dd>
            <Figure isPrivate={after !== undefined}>{after ? amount(after) : `– ${base}`}</Figure>
            <Figure className="worth" isPrivate={after !== undefined}>
              {(after && worth(after)) ?? ''}
            </Figure>
          </dd>
        </div>
      </dl>
      {priceFrom !== undefined && (
        <p className="price-note" title={priceFrom === 'nowhere' ? undefined : times.full(priceFrom)}>
          {priceFrom === 'nowhere' ? text.worthLater : text.worthThen(times.clock(priceFrom))}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onDone}>
          {text.cancel}
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? text.working : mode === 'add' ? text.add : text.reduce}
        </button>
      </div>
    </form>
  );
};
