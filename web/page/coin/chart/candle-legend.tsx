import { grouped } from '@tickfolio/lib/look/amount';
import { useAssetText } from '../../text/asset/use-asset-text.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import { usePriceText } from '../../text/use-price-text.js';
import type { Candle } from './plot/candle.js';
import { startText } from './plot/candle-plot.js';

interface CandleLegendProps {
  readonly symbol: string;
  /** What is pointed at; undefined for nothing. */
  readonly atMs: number | undefined;
  /** Undefined for a stretch without a price. */
  readonly candle: Candle | undefined;
  readonly stepMs: number;
}

/** The exact prices of the candle that is pointed at, and its moment. */
export const CandleLegend = ({ symbol, atMs, candle, stepMs }: CandleLegendProps) => {
  const { times } = useSpeaking();
  const text = useAssetText();
  const priceText = usePriceText(symbol);
  const figures = candle && [
    [text.open, priceText(candle.open)],
    [text.high, priceText(candle.high)],
    [text.low, priceText(candle.low)],
    [text.close, priceText(candle.close)],
    ...(candle.volume === undefined ? [] : [[text.volume, grouped(candle.volume, text.numbers)] as const]),
  ];
  return (
    <p className="chart-legend" aria-hidden="true">
      {atMs !== undefined && <Figure>{startText(times, stepMs, atMs)}</Figure>}
      {atMs !== undefined && !candle && <span>{text.notRecorded}</span>}
      {figures?.map(([name = '', figure = '']) => (
        <span key={name} className="chart-price">
          <span>{name}</span> <Figure>{figure}</Figure>
        </span>
      ))}
    </p>
  );
};
