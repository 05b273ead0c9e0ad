import { isZero } from '@tickfolio/lib/money';
import { type FormEvent, useRef, useState } from 'react';
import { orderWords } from '../../orders/order-words.js';
import type { Portfolio } from '../../portfolios/portfolio-calls.js';
import { SelectField } from '../../portfolios/select-field.js';
import { availableOf } from '../../portfolios/transferable.js';
import type { Balances } from '../../portfolios/use-balances.js';
import { exact } from '../../text/exact.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Market } from '../market/use-market.js';
import { AmountField } from './amount-field.js';
import { type DraftField, orderTypes, timesInForce } from './draft.js';
import { Funding } from './funding.js';
import { NearestButton } from './nearest-button.js';
import type { Nearest } from './order-refusal.js';
import { Preview } from './preview.js';
import { PriceField } from './price-field.js';
import { Question } from './question.js';
import { useDraft } from './use-draft.js';
import { usePlacing } from './use-placing.js';
import { usePreview } from './use-preview.js';

interface TicketProps {
  readonly market: Market;
  readonly portfolio: Portfolio;
  /** Those that it can be for. */
  readonly papers: readonly Portfolio[];
  readonly balances: Balances | undefined;
  readonly isPaused: boolean;
  readonly isSimulated: boolean;
  readonly onPortfolio: (id: string) => void;
}

/** Writes an order, says what it would do, asks once, and places it. */
export const Ticket = (props: TicketProps) => {
  const { market, portfolio, papers, balances, isPaused, isSimulated, onPortfolio } = props;
  const text = useTradeText();
  const form = useRef<HTMLFormElement>(null);
  const drafting = useDraft(market, portfolio.id);
  const { draft, asked, body, change, put } = drafting;
  const preview = usePreview(isPaused ? undefined : body);
  const placing = usePlacing(market);
  /** The order that it is asked about, as it is sent: changed, it is another one. */
  const [asking, setAsking] = useState('');
  const isAsking = body !== undefined && asking === JSON.stringify(body);

  const paid = draft.side === 'BUY' ? market.quote : market.base;
  const available = balances && (availableOf(balances).get(paid) ?? '0');
  const isNothing = available !== undefined && isZero(exact(available));
  const refusal = placing.refusalOf(body) ?? preview.refusal;
  const faultOf = (field: DraftField) =>
    drafting.faultOf(field) ??
    (field === 'amount' && drafting.isTooLittle ? text.stepTooSmall : undefined) ??
    (refusal?.field === field ? refusal.words : undefined);
  const take = ({ field, value, unit }: Nearest) => {
    put({ [field]: value, ...(unit ? { unit } : {}) });
    form.current?.querySelector<HTMLElement>(`[name=${field}]`)?.focus();
  };
  const review = (event: FormEvent) => {
    event.preventDefault();
    drafting.setTried(true);
    if (body && !isPaused) setAsking(JSON.stringify(body));
    else form.current?.querySelector<HTMLElement>('[name=price], [name=amount]')?.focus();
  };
  const back = () => {
    setAsking('');
    form.current?.querySelector<HTMLElement>('[name=amount]')?.focus();
  };
  const place = () => {
    if (!body) return;
    void placing.place(body, () => {
      setAsking('');
      drafting.clear();
      form.current?.querySelector<HTMLElement>('[name=amount]')?.focus();
    });
  };
  const words = body && orderWords(body, market, text);
  return (
    <section className="card ticket paper" aria-label={text.ticket}>
      <div className="ticket-head">
        <h2>{text.ticket}</h2>
        <span className="pill">{text.paperMoney}</span>
      </div>
      <p className="hint">{isSimulated ? text.paperNoteSimulated : text.paperNote}</p>
      <form ref={form} onSubmit={review} noValidate>
        {papers.length > 1 && (
          <SelectField
            label={text.inWhich}
            name="portfolio"
            value={portfolio.id}
            options={papers.map(({ id, name }) => [id, name] as const)}
            onPick={onPortfolio}
          />
        )}
        <fieldset className="ticket-sides">
          <legend className="visually-hidden">{text.side}</legend>
          {(['BUY', 'SELL'] as const).map((side) => (
            <button
              key={side}
              type="button"
              className={`button ${side === 'BUY' ? 'buys' : 'sells'}`}
              aria-pressed={draft.side === side}
              onClick={() => change({ side })}
            >
              {text.sides[side]}
            </button>
          ))}
        </fieldset>
        <SelectField
          label={text.orderType}
          name="type"
          value={draft.type}
          options={orderTypes.map((type) => [type, text.orderTypes[type]] as const)}
          onPick={(type) => change({ type })}
          hint={text.typeHints[draft.type]}
        />
        {asked.stopPrice && <PriceField name="stopPrice" {...{ drafting, market }} fault={faultOf('stopPrice')} />}
        <NearestButton field="stopPrice" {...{ refusal }} onTake={take} />
        {asked.price && <PriceField name="price" {...{ drafting, market }} fault={faultOf('price')} />}
        <NearestButton field="price" {...{ refusal }} onTake={take} />
        <AmountField {...{ drafting, market, available, refusal }} fault={faultOf('amount')} onTake={take} />
        {asked.timeInForce && (
          <SelectField
            label={text.timeInForce}
            name="timeInForce"
            value={draft.timeInForce}
            options={timesInForce.map((one) => [one, text.timesInForce[one]] as const)}
            onPick={(timeInForce) => change({ timeInForce })}
          />
        )}
        {(isNothing || refusal?.isShort) && (
          <Funding
            {...{ portfolio, balances, market, isNothing }}
            side={draft.side}
            onBuy={() => change({ side: 'BUY' })}
          />
        )}
        <Preview draft={draft} numbers={drafting.numbers} {...{ market, preview, available }} />
        {refusal && refusal.field === undefined && (
          <p className="banner fault" role="alert">
            {refusal.words}
          </p>
        )}
        {isPaused && <p className="banner away">{text.notTradedNow}</p>}
        {isAsking && words !== undefined ? (
          <Question words={text.askPlace(words)} busy={placing.busy} onPlace={place} onBack={back} />
        ) : (
          <button
            type="submit"
            className={`button primary wide ${draft.side === 'BUY' ? 'buys' : 'sells'}`}
            disabled={isPaused}
          >
            {words ?? text.sides[draft.side]}
          </button>
        )}
      </form>
    </section>
  );
};
