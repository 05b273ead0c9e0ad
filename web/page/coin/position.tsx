import { subtract } from '@tickfolio/lib/money';
import type { Basis } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import type { Row } from '../live/portfolio-view.js';
import { QuantityFigure } from '../receipt/quantity-figure.js';
import { ReceiptButton } from '../receipt/receipt-button.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { CardAmount } from '../text/card-amount.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';

interface PositionProps {
  readonly row: Row;
  /** What its change is counted from. */
  readonly basis: Basis;
  /** The same asset, held through other markets. */
  readonly others: readonly Row[];
  readonly onChange: () => void;
}

const pairOf = ({ base, quote }: Row) => `${base}/${quote}`;

/** What is held of a coin through the market that its price comes from, and what through others. */
export const Position = ({ row, basis, others, onChange }: PositionProps) => {
  const { times } = useSpeaking();
  const text = useAssetText();
  const gained = row.value && row.valueThen && subtract(exact(row.value), row.valueThen);
  const period = row.daySinceMs === undefined ? text.bases[basis] : text.change;
  return (
    <section className="card position" aria-labelledby="position-title">
      <div className="panel-head">
        <h2 id="position-title">
          <span>{text.yourPosition}</span>
          {others.length > 0 && <span className="unit" translate="no">{` ${pairOf(row)}`}</span>}
        </h2>
        <button type="button" className="button small" onClick={onChange}>
          {text.actions(row.base)}
        </button>
      </div>
      <dl className="facts">
        <div>
          <dt>{text.value}</dt>
          <dd>
            {row.value ? <CardAmount className="large" amount={exact(row.value)} /> : <span className="none">–</span>}{' '}
            {row.valueText && <ReceiptButton of={{ symbol: row.symbol }} called={row.name} />}
          </dd>
        </div>
        <div>
          <dt>{text.quantity}</dt>
          <dd>
            <QuantityFigure of={row} unit={row.base} />
          </dd>
        </div>
        <div>
          <dt>{text.share}</dt>
          <dd>
            <Figure>{row.share ?? '–'}</Figure>
          </dd>
        </div>
        {others.map((other) => (
          <div key={other.symbol}>
            <dt>{text.alsoIn(pairOf(other))}</dt>
            <dd>
              <QuantityFigure of={other} unit={other.base} />
            </dd>
          </div>
        ))}
        {row.day && (
          <div>
            <dt>{row.quote === 'USDT' ? period : text.ofValue(period)}</dt>
            <dd>
              <ChangeMark
                percentOnly
                isPrivate
                change={row.day}
                note={row.daySinceMs === undefined ? undefined : text.onlySince(times.full(row.daySinceMs))}
              />{' '}
              {gained && <CardAmount className="gained" amount={gained} isChange />}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
};
