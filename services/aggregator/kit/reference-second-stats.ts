import { Decimal } from 'decimal.js';

/** A trade as the exchange writes it. */
export interface ReferenceTrade {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly timeMs: number;
}

/** What a complete SecondStat has to say, whatever its revision. */
export interface ReferenceSecondStat {
  readonly symbol: string;
  readonly second: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly trades: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly lastTradeTime: number;
}

// A library, a list and a sort, so that it shares no mistake with the code it judges.
const Exact = Decimal.clone({ precision: 200, toExpNeg: -1_000, toExpPos: 1_000 });
const sum = (values: readonly Decimal[]) => values.reduce((total, value) => total.plus(value), new Exact(0));

/**
 * The SecondStats of a symbol's whole trade record, oldest first; for tests. Repeated ids count once.
 */
export const referenceSecondStats = (symbol: string, record: readonly ReferenceTrade[]): ReferenceSecondStat[] => {
  const byId = new Map(record.map((trade) => [trade.id, trade]));
  const trades = [...byId.values()].sort((a, b) => a.id - b.id);
  const groups = new Map<number, ReferenceTrade[]>();
  for (const trade of trades) {
    const second = Math.floor(trade.timeMs / 1000) * 1000;
    groups.set(second, [...(groups.get(second) ?? []), trade]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .map(([second, group]) => {
      const prices = group.map(({ price }) => new Exact(price));
      const quantities = group.map(({ quantity }) => new Exact(quantity));
      const first = group[0] as ReferenceTrade;
      const last = group.at(-1) as ReferenceTrade;
      return {
        symbol,
        second,
        open: new Exact(first.price).toFixed(),
        high: Exact.max(...prices).toFixed(),
        low: Exact.min(...prices).toFixed(),
        close: new Exact(last.price).toFixed(),
        volume: sum(quantities).toFixed(),
        quoteVolume: sum(group.map(({ price, quantity }) => new Exact(price).times(quantity))).toFixed(),
        trades: group.length,
        firstTradeId: first.id,
        lastTradeId: last.id,
        lastTradeTime: last.timeMs,
      };
    });
};
