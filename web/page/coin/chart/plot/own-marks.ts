import { createSeriesMarkers, type ISeriesApi, LineStyle, type Time } from 'lightweight-charts';
import { timeOf } from './price-series.js';

/** An order that waits at a price. */
export interface OrderLine {
  /** Exact. */
  readonly price: string;
  readonly side: 'BUY' | 'SELL';
  /** Stands beside its line. */
  readonly words: string;
}

/** Something that was traded. */
export interface TradeMark {
  readonly atMs: number;
  readonly side: 'BUY' | 'SELL';
}

/** What is one's own on a chart. */
export interface OwnMarks {
  readonly orders: readonly OrderLine[];
  readonly trades: readonly TradeMark[];
}

/**
 * Trades of one side in one candle as one arrow: an order is often filled by many, and those piled up would be all that
 * is seen. In the order of time, as the library wants them. @param stepMs of one candle
 */
export const arrowsOf = (trades: readonly TradeMark[], stepMs: number) => {
  const arrows = new Map<string, TradeMark & { count: number }>();
  for (const { atMs, side } of [...trades].sort((a, b) => a.atMs - b.atMs)) {
    const openMs = Math.floor(atMs / stepMs) * stepMs;
    const known = arrows.get(`${openMs} ${side}`);
    if (known) known.count++;
    else arrows.set(`${openMs} ${side}`, { atMs: openMs, side, count: 1 });
  }
  return [...arrows.values()];
};

/**
 * Draws own orders as lines and own trades as arrows, at the candle of their time.
 * @param colour of the style, by its name @param stepMs of one candle
 */
export const createOwnMarks = (
  api: ISeriesApi<'Candlestick' | 'Line', Time>,
  colour: (name: string) => string,
  stepMs: number,
) => {
  const colourOf = (side: OrderLine['side']) => colour(side === 'BUY' ? '--up' : '--down');
  const arrows = createSeriesMarkers<Time>(api);
  let lines: readonly ReturnType<typeof api.createPriceLine>[] = [];
  return {
    set: ({ orders, trades }: OwnMarks): void => {
      for (const line of lines) api.removePriceLine(line);
      lines = orders.map(({ price, side, words }) =>
        api.createPriceLine({
          ...{ price: Number(price), color: colourOf(side), lineWidth: 1, lineStyle: LineStyle.Dashed },
          ...{ axisLabelVisible: true, axisLabelTextColor: colour('--surface'), title: words },
        }),
      );
      arrows.setMarkers(
        arrowsOf(trades, stepMs).map(({ atMs, side, count }) => ({
          time: timeOf(atMs),
          ...(count > 1 && { text: `×${count}` }),
          ...(side === 'BUY'
            ? ({ position: 'belowBar', shape: 'arrowUp' } as const)
            : ({ position: 'aboveBar', shape: 'arrowDown' } as const)),
          color: colourOf(side),
        })),
      );
    },
  };
};
