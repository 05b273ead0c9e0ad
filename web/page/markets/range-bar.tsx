import { grouped } from '@tickfolio/lib/look/amount';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import type { Ticker } from './market-rows.js';

/** Where the price stands between the lowest and the highest of 24 hours. */
export const RangeBar = ({ low24h, high24h, range24h }: Pick<Ticker, 'low24h' | 'high24h' | 'range24h'>) => {
  const text = useMarketsText();
  const words = text.rangeWords(grouped(low24h, text.numbers), grouped(high24h, text.numbers));
  // A picture: what is exact stands in the words.
  const place = Math.min(97, Math.max(0, (range24h === null ? 50 : Number(range24h) * 100) - 1.5));
  return (
    <span className="market-range" title={words}>
      {/* Of boxes: they cost less than a drawing. */}
      <span className="range-now" style={{ marginLeft: `${place}%` }} />
      <span className="visually-hidden" translate="no">
        {words}
      </span>
    </span>
  );
};
