import { grouped, money } from '@tickfolio/lib/look/amount';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, subtract } from '@tickfolio/lib/money';
import { type FormEvent, useRef, useState } from 'react';
import { useDiscreet } from '../../display/choices.js';
import { faultText } from '../../kit/fault-text.js';
import { useIsHere } from '../../shell/use-is-here.js';
import { useWish } from '../../shell/use-wish.js';
import { Figure, hiddenAmount } from '../../text/figure.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import type { Unit } from './amount.js';
import { PriceNote } from './price-note.js';
import { faultWhileTyped } from './quantity.js';
import { QuantityField } from './quantity-field.js';
import { readSaid, type SaidAmount, saidAnew, saidOtherwise } from './said-amount.js';
import type { NoRecord } from './use-recorded-price.js';

interface QuantityFormProps {
  readonly base: string;
  /** What is held now; undefined when nothing is. */
  readonly held: string | undefined;
  /** Price of one coin in USDT; undefined while it is not known. */
  readonly price: Decimal | undefined;
  /** When a price was recorded that is not live, in epoch milliseconds, or why there is none. */
  readonly priceFrom?: number | NoRecord | undefined;
  readonly onPriceRetry?: (() => void) | undefined;
  readonly mode: 'add' | 'reduce';
  /** The market through which it is held. */
  readonly symbol: string;
  /** @param key the same for every try of the same quantity @throws Problem */
  readonly submit: (quantity: string, key: string) => Promise<void>;
  readonly onDone: () => void;
  /** Told of a fault when this form is gone. */
  readonly onUnheard: (thrown: unknown) => void;
}

/** Asks for a quantity and shows beforehand what comes of it. */
export const QuantityForm = (props: QuantityFormProps) => {
  const { base, symbol, held, price, priceFrom, onPriceRetry, mode, submit, onDone, onUnheard } = props;
  const text = useQuantityText();
  const isDiscreet = useDiscreet();
  const [said, setSaid] = useState<SaidAmount>({ typed: '', unit: 'coin', price });
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isHere = useIsHere();
  const asWish = useWish(mode);
  // While it is being changed what is held is the new balance already.
  const [heldThen, setHeldThen] = useState(held);
  if (!busy && heldThen !== held) setHeldThen(held);
  const before = parseDecimal((busy ? heldThen : held) ?? '0');
  const room = mode === 'reduce' ? { most: { quantity: before, base } } : { onto: before };
  // What is wrong may say how much is held.
  const faults = isDiscreet ? { ...text, quantityTooMuch: () => text.quantityTooMuch(hiddenAmount) } : text;
  const read = readSaid(said, faults, room);
  const knownPrice = price ?? said.price;
  const after = read.quantity && (mode === 'add' ? add(before, read.quantity) : subtract(before, read.quantity));

  const shown = (digits: string) => grouped(digits, text.numbers);
  const amountOf = (digits: string) => `${shown(digits)} ${base}`;
  const say = (next: SaidAmount) => {
    setSaid(next);
    setFault(undefined);
  };
  const type = (typed: string, unit: Unit) => say(saidAnew(said, typed, unit, price));
  const changeUnit = (unit: Unit) => {
    if (unit === said.unit) return;
    say(saidOtherwise(said, read.quantity, knownPrice, text));
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
    try {
      await asWish({ symbol, quantity }, (key) => submit(quantity, key));
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
    const { unlike } = read;
    if (said.unit === 'coin' || !said.price)
      return unlike === undefined
        ? text.quantityRead(understood)
        : text.quantityReadUnlike(understood, amountOf(unlike));
    const at = text.quantityAt(understood, `${shown(formatDecimal(said.price))} USDT`);
    if (unlike === undefined) return at;
    return `${at} · ${text.notMeant(read.unit === 'coin' ? amountOf(unlike) : `${shown(unlike)} USDT`)}`;
  };
  const worth = (quantity: Decimal) => price && `${money(multiply(quantity, price), text.numbers)} USDT`;
  return (
    <form ref={form} onSubmit={(event) => void send(event)} noValidate>
      <QuantityField
        base={base}
        // A part of what is held would be written out.
        held={mode === 'reduce' && !isDiscreet ? held : undefined}
        typed={said.typed}
        unit={said.unit}
        isPriced={knownPrice !== undefined && knownPrice.units !== 0n}
        fault={fault ?? faultWhileTyped(read)}
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
      {priceFrom !== undefined && <PriceNote from={priceFrom} onRetry={onPriceRetry} />}
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
