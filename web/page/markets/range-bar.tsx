import { grouped } from '@tickfolio/lib/look/amount';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import type { Ticker } from './market-rows.js';

/** Where the price stands between the lowest and the highest of 24 hours. */
export const RangeBar = ({ low24h, high24h, range24h }: Pick<Ticker, 'low24h' | 'high24h' | 'range24h'>) => {
  const text = useMarketsText();
  const words = text.rangeWords(grouped(low24h, text.numbers), grouped(high24h, text.numbers));
  // A picture: what is exact stands in the words.
  const place = range24h === null ? 50 : Number(range24h) * 100;
  return (
    <span className="market-range" title={words}>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="3" width="100" height="2" rx="1" />
        <rect x={Math.min(97, Math.max(0, place - 1.5))} y="0" width="3" height="8" rx="1" className="day-now" />
      </svg>
      <span className="visually-hidden" translate="no">
        {words}
      </span>
    </span>
  );
};
