import { shortQuantity } from '@tickfolio/lib/look/amount';
import { compare, type Decimal, formatDecimal, multiply, subtract, zero } from '@tickfolio/lib/money';
import { exact } from '../../text/exact.js';
import { Figure } from '../../text/figure.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Market } from '../market/use-market.js';
import { type Draft, type DraftNumbers, ownPrice, quantityFor, quantityOf } from './draft.js';
import type { Preview as Previewed } from './use-preview.js';

interface Gets {
  readonly amount: Decimal;
  readonly asset: string;
  /** Of a price that may be another when it is filled. */
  readonly isAbout: boolean;
}

/** What comes in for it, before the fee; undefined while no price says it. */
const getsOf = (draft: Draft, numbers: DraftNumbers, market: Market): Gets | undefined => {
  const { base, quote, step } = market;
  const quantity = quantityOf(draft, numbers, market);
  const limit = draft.type.includes('LIMIT') ? numbers.price : undefined;
  const price = limit ?? ownPrice(draft, numbers) ?? (market.price === undefined ? undefined : exact(market.price));
  const isAbout = limit === undefined;
  if (draft.side === 'BUY') {
    if (quantity) return { amount: quantity, asset: base, isAbout: false };
    return numbers.amount && price && price.units !== 0n
      ? { amount: quantityFor(numbers.amount, price, step), asset: base, isAbout }
      : undefined;
  }
  if (!quantity) return numbers.amount && { amount: numbers.amount, asset: quote, isAbout: false };
  return price && { amount: multiply(quantity, price), asset: quote, isAbout };
};

interface PreviewProps {
  readonly draft: Draft;
  readonly numbers: DraftNumbers;
  readonly market: Market;
  readonly preview: Previewed;
  /** Of what is paid with, exact; undefined until it is known. */
  readonly available: string | undefined;
}

/** What the order would do: what is kept for it, what comes in, what stays. */
export const Preview = ({ draft, numbers, market, preview, available }: PreviewProps) => {
  const text = useTradeText();
  const { isAsked, tested, refusal } = preview;
  const shown = (amount: string, asset: string) => `${shortQuantity(amount, text.numbers)} ${asset}`;
  const note = isAsked ? text.previewing : refusal ? text.wouldNotBeTaken : text.writeOrder;
  if (!tested) return <div className="preview ticket-preview">{!refusal?.isPassing && <p>{note}</p>}</div>;
  const { reserve, estimatedFee: fee } = tested;
  const gets = getsOf(draft, numbers, market);
  const rest = available === undefined ? undefined : subtract(exact(available), exact(reserve.quantity));
  const rows = [
    [text.reservedForIt, shown(reserve.quantity, reserve.asset)],
    ...(rest && compare(rest, zero) >= 0
      ? [[text.staysAvailable, shown(formatDecimal(rest), reserve.asset)] as const]
      : []),
    ...(gets
      ? [[gets.isAbout ? text.getsAbout : text.getsAtLeast, shown(formatDecimal(gets.amount), gets.asset)] as const]
      : []),
    [text.feeOfIt, shown(fee.quantity, fee.asset)],
  ] as const;
  return (
    <dl className="preview ticket-preview" aria-label={text.orderPreview}>
      {rows.map(([words, amount]) => (
        <div key={words}>
          <dt>{words}</dt>
          <dd>
            <Figure isPrivate={words === text.staysAvailable}>{amount}</Figure>
          </dd>
        </div>
      ))}
    </dl>
  );
};
