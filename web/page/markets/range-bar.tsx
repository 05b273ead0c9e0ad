import { useMarketsText } from '../text/markets/use-markets-text.js';
import { usePriceText } from '../text/use-price-text.js';
import type { Ticker } from './market-rows.js';

type RangeBarProps = Pick<Ticker, 'symbol' | 'low24h' | 'high24h' | 'range24h'>;

/** Where the price stands between the lowest and the highest of 24 hours. */
export const RangeBar = ({ symbol, low24h, high24h, range24h }: RangeBarProps) => {
  const text = useMarketsText();
  const priceText = usePriceText(symbol);
  const words = text.rangeWords(priceText(low24h), priceText(high24h));
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
