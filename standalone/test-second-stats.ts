import type { SecondStat } from '@tickfolio/lib/price-bus';
import { Decimal } from 'decimal.js';

const Exact = Decimal.clone({ precision: 120, toExpNeg: -200, toExpPos: 200 });

export interface ReferenceTrade {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly timeMs: number;
}

export type ReferenceStat = Omit<SecondStat, 'complete' | 'revision'>;

/** SecondStats computed the plain way from a whole list of trades, with another decimal library: by second, in order. */
export const referenceSecondStats = (symbol: string, trades: readonly ReferenceTrade[]): Map<number, ReferenceStat> => {
  const bySecond = new Map<number, ReferenceTrade[]>();
  for (const trade of trades) {
    const second = trade.timeMs - (trade.timeMs % 1000);
    const group = bySecond.get(second);
    if (group) group.push(trade);
    else bySecond.set(second, [trade]);
  }
  const stats = new Map<number, ReferenceStat>();
  for (const [second, group] of bySecond) {
    const inOrder = group.toSorted((a, b) => a.id - b.id);
    const [first] = inOrder;
    const last = inOrder.at(-1);
    if (!first || !last) continue;
    const prices = inOrder.map(({ price }) => new Exact(price));
    const sum = (values: Decimal[]) => values.reduce((total, value) => total.plus(value), new Exact(0)).toFixed();
    stats.set(second, {
      symbol,
      second,
      open: new Exact(first.price).toFixed(),
      high: Exact.max(...prices).toFixed(),
      low: Exact.min(...prices).toFixed(),
      close: new Exact(last.price).toFixed(),
      volume: sum(inOrder.map(({ quantity }) => new Exact(quantity))),
      quoteVolume: sum(inOrder.map(({ price, quantity }) => new Exact(price).times(quantity))),
      trades: inOrder.length,
      firstTradeId: first.id,
      lastTradeId: last.id,
      lastTradeTime: last.timeMs,
    });
  }
  return stats;
};
