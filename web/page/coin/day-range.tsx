import { compare, divide, subtract } from '@tickfolio/lib/money';
import { grouped } from '../text/amount.js';
import { exact } from '../text/exact.js';
import { useText } from '../text/language.js';
import type { Candle } from '../value/chart.js';

interface DayRangeProps {
  readonly today: Candle;
  readonly price: string;
  readonly quote: string;
}

/** Where the price stands between today's lowest and highest. */
export const DayRange = ({ today, price, quote }: DayRangeProps) => {
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
      </dl>
    </section>
  );
};
