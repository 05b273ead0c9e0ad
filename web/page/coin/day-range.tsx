import { grouped, shortened } from '@tickfolio/lib/look/amount';
import { compare, divide, subtract } from '@tickfolio/lib/money';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { digitsSize } from '../text/digits-size.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { usePriceText } from '../text/use-price-text.js';
import type { Day, Volume } from './chart/use-archive.js';

interface DayRangeProps {
  readonly symbol: string;
  readonly day: Day;
  readonly volume: Volume | undefined;
  readonly price: string;
  /** Undefined where nobody knows what the symbol is of. */
  readonly base: string | undefined;
  readonly quote: string | undefined;
}

/** Short for the eye; whole where one points at it, and for screen readers. */
const ShortAmount = ({ amount, asset }: { readonly amount: string; readonly asset: string | undefined }) => {
  const text = useAssetText();
  const of = asset === undefined ? '' : ` ${asset}`;
  const whole = grouped(amount, text.numbers) + of;
  return (
    <span className="short-amount" title={whole}>
      <span aria-hidden="true" translate="no">
        {shortened(exact(amount), text.numbers, text.sizes) + of}
      </span>
      <span className="visually-hidden" translate="no">
        {whole}
      </span>
    </span>
  );
};

/** In one line, whatever its digits. */
const OnePrice = ({ children }: { readonly children: string }) => (
  <Figure className={digitsSize(children)}>{children}</Figure>
);

/** Where the price stands between the day's lowest and highest. */
export const DayRange = ({ symbol, day, volume, price, base, quote }: DayRangeProps) => {
  const text = useAssetText();
  const now = exact(price);
  const low = compare(now, exact(day.low)) < 0 ? price : day.low;
  const high = compare(now, exact(day.high)) > 0 ? price : day.high;
  const span = subtract(exact(high), exact(low));
  const place = span.units === 0n ? 50 : Number(divide(subtract(now, exact(low)), span, 3).units) / 10;
  const shown = usePriceText(symbol);
  return (
    <section className="card day-range" aria-labelledby="day-title">
      <h2 id="day-title">
        <span>{day.isRolling ? text.dayRange : text.dayRangeUtc}</span>{' '}
        <span className="coin-pair" translate="no">
          {quote}
        </span>
      </h2>
      <svg viewBox="0 0 100 8" className="day-bar" aria-hidden="true" preserveAspectRatio="none">
        <rect x="0" y="3" width="100" height="2" rx="1" />
        <rect
          x={Math.min(98.5, Math.max(0, place - 0.75))}
          y="0"
          width="1.5"
          height="8"
          rx="0.75"
          className="day-now"
        />
      </svg>
      <dl className="facts">
        <div>
          <dt>{text.low}</dt>
          <dd>
            <OnePrice>{shown(low)}</OnePrice>
          </dd>
        </div>
        <div>
          <dt>{text.high}</dt>
          <dd>
            <OnePrice>{shown(high)}</OnePrice>
          </dd>
        </div>
        <div>
          <dt>{text.open}</dt>
          <dd>
            <OnePrice>{shown(day.open)}</OnePrice>
          </dd>
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
