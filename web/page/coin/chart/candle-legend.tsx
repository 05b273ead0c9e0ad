import { grouped } from '@tickfolio/lib/look/amount';
import { useAssetText } from '../../text/asset/use-asset-text.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import type { Candle } from './plot/candle.js';
import { startText } from './plot/candle-plot.js';

interface CandleLegendProps {
  /** What is pointed at; undefined for nothing. */
  readonly atMs: number | undefined;
  /** Undefined for a stretch without a price. */
  readonly candle: Candle | undefined;
  readonly stepMs: number;
}

/** The exact prices of the candle that is pointed at, and its moment. */
export const CandleLegend = ({ atMs, candle, stepMs }: CandleLegendProps) => {
  const { times } = useSpeaking();
  const text = useAssetText();
  const figures = candle && [
    [text.open, candle.open],
    [text.high, candle.high],
    [text.low, candle.low],
    [text.close, candle.close],
    ...(candle.volume === undefined ? [] : [[text.volume, candle.volume] as const]),
  ];
  return (
    <p className="chart-legend" aria-hidden="true">
      {atMs !== undefined && <Figure>{startText(times, stepMs, atMs)}</Figure>}
      {atMs !== undefined && !candle && <span>{text.notRecorded}</span>}
      {figures?.map(([name = '', figure = '']) => (
        <span key={name} className="chart-price">
          <span>{name}</span> <Figure>{grouped(figure, text.numbers)}</Figure>
        </span>
      ))}
    </p>
  );
};
