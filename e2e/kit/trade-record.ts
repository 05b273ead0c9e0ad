import { eventually } from '@tickfolio/lib/kit/wait-until';

/** As the exchange shows it: number, price, quantity, time. */
export interface PublicTrade {
  readonly a: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
}
export type PublicTrades = ReadonlyMap<number, PublicTrade>;

/** All that is traded of some symbols while a test goes on, from the simulator itself, which keeps no more than an hour. */
export interface TradeRecord {
  last(symbol: string): PublicTrade;
  /** By their numbers. */
  of(symbol: string): PublicTrades;
  /** Reads what was traded until now. */
  readOn(): Promise<void>;
  close(): Promise<void>;
}

const everyMs = 500;
const pageTrades = 20_000;

export const startTradeRecord = async (simUrl: string, symbols: readonly string[]): Promise<TradeRecord> => {
  const kept = new Map(symbols.map((symbol) => [symbol, new Map<number, PublicTrade>()] as const));
  const lastOf = new Map<string, PublicTrade>();
  const readOn = async () => {
    for (const [symbol, trades] of kept) {
      const last = lastOf.get(symbol);
      const from = last ? `&fromId=${last.a + 1}` : '';
      const answer = await fetch(`${simUrl}/sim/trades?symbol=${symbol}&limit=${pageTrades}${from}`);
      for (const trade of (await answer.json()) as PublicTrade[]) {
        trades.set(trade.a, trade);
        lastOf.set(symbol, trade);
      }
    }
  };
  const last = (symbol: string) => {
    const trade = lastOf.get(symbol);
    if (!trade) throw new Error(`nothing was traded of ${symbol}`);
    return trade;
  };
  await eventually('trades of each', async () => {
    await readOn();
    for (const symbol of symbols) last(symbol);
    return true;
  });
  let reading: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    reading ??= readOn()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
  }, everyMs);
  return {
    last,
    of: (symbol) => kept.get(symbol) ?? new Map(),
    readOn: async () => {
      await reading;
      await readOn();
    },
    close: async () => {
      clearInterval(timer);
      await reading;
    },
  };
};
