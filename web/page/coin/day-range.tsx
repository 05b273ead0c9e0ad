import { compare, divide, subtract } from '@tickfolio/lib/money';
import { grouped, shortened } from '../text/amount.js';
import { exact } from '../text/exact.js';
import { useText } from '../text/language.js';
import type { Candle } from '../value/chart.js';

/** What was traded in 24 hours, exact. */
export interface Volume {
  readonly base: string;
  readonly quote: string;
}

interface DayRangeProps {
  readonly today: Candle;
  readonly volume: Volume | undefined;
  readonly price: string;
  readonly base: string;
  readonly quote: string;
}

/** Short for the eye; whole where one points at it, and for screen readers. */
const ShortAmount = ({ amount, asset }: { readonly amount: string; readonly asset: string }) => {
  const text = useText();
  const whole = `${grouped(amount, text.numbers)} ${asset}`;
  return (
    <span className="short-amount" title={whole}>
      <span aria-hidden="true">
        {shortened(exact(amount), text.numbers, text.sizes)} {asset}
      </span>
      <span className="visually-hidden">{whole}</span>
    </span>
  );
};

/** Where the price stands between today's lowest and highest. */
export const DayRange = ({ today, volume, price, base, quote }: DayRangeProps) => {
  const text = useText();
  const now = exact(price);
  const low = compare(now, exact(today.low)) < 0 ? price : today.low;
  const high = compare(now, exact(today.high)) > 0 ? price : today.high;
  const span = subtract(exact(high), exact(low));
  const place = span.units === 0n ? 50 : Number(divide(subtract(now, exact(low)), span, 3).units) / 10;
  const shown = (digits: string) => grouped(digits, text.numbers);
  return (
    <section className="card day-range" aria-labelledby="day-title">
      <h2 id="day-title">
        {text.dayRange} <span className="coin-pair">{quote}</span>
      </h2>
      <svg viewBox="0 0 100 8" className="day-bar" aria-hidden="true" preserveAspectRatio="none">
        <rect x="0" y="3" width="100" height="2" rx="1" />
        <rect x={Math.min(98.5, Math.max(0, place - 0.75))} y="0" width="1.5" height="8" rx="0.75" className="day-now" />
      </svg>
      <dl className="facts">
        <div>
          <dt>{text.low}</dt>
          <dd className="digits">{shown(low)}</dd>
        </div>
        <div>
          <dt>{text.high}</dt>
          <dd className="digits">{shown(high)}</dd>
        </div>
        <div>
          <dt>{text.open}</dt>
          <dd className="digits">{shown(today.open)}</dd>
        </div>
        <div>
          <dt>{text.dayVolume}</dt>
          {volume ? (
            <dd className="digits">
              <ShortAmount amount={volume.base} asset={base} /> <ShortAmount amount={volume.quote} asset={quote} />
            </dd>
          ) : (
            <dd className="none">{text.notRecorded}</dd>
          )}
        </div>
      </dl>
    </section>
  );
};
