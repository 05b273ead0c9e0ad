import { Decimal } from 'decimal.js';
import type { PortfolioFrame } from './client.js';

/** Decimal arithmetic of another make than the product's, with more digits than any total has. */
export const Exact = Decimal.clone({ precision: 120, toExpNeg: -200, toExpPos: 200 });

/** One trade as the simulator keeps it; `price` without trailing zeros. */
export interface KeptPrice {
  readonly timeMs: number;
  readonly price: string;
}

const maxTrades = 20_000;

/**
 * What the simulator itself says was traded of a symbol, oldest first: a source that no service of the product has
 * touched.
 */
export const tradedPrices = async (simUrl: string, symbol: string): Promise<readonly KeptPrice[]> => {
  const answer = await fetch(`${simUrl}/sim/trades?symbol=${symbol}&limit=${maxTrades}`);
  const rows = (await answer.json()) as { readonly p: string; readonly T: number }[];
  return rows.map((row) => ({ timeMs: row.T, price: new Exact(row.p).toFixed() }));
};

/**
 * Prices of the frames that nobody paid at the time they name.
 * @param sinceMs prices from before then, or from before the record begins, are left out
 */
export const inventedPrices = async (
  simUrl: string,
  symbol: string,
  frames: readonly PortfolioFrame[],
  sinceMs = 0,
): Promise<readonly string[]> => {
  const trades = await tradedPrices(simUrl, symbol);
  const known = new Set(trades.map(({ timeMs, price }) => `${timeMs} ${price}`));
  const firstMs = Math.max(sinceMs, trades[0]?.timeMs ?? Number.POSITIVE_INFINITY);
  const shown = frames.flatMap(({ Coins }) =>
    Coins.flatMap((coin) =>
      coin.Symbol === symbol && coin.Price !== null && coin.PriceTime !== null
        ? [{ timeMs: Date.parse(coin.PriceTime), price: coin.Price }]
        : [],
    ),
  );
  return shown
    .filter(({ timeMs, price }) => timeMs >= firstMs && !known.has(`${timeMs} ${price}`))
    .map(({ timeMs, price }) => `${symbol} ${price} at ${timeMs}`);
};

/**
 * What counts as the same moment. Two symbols' prices do not arrive at the same instant, and a run that shares its
 * cores with other tests may stand still for seconds; how fresh prices are is measured in `bench/`, here that they are
 * recorded ones.
 */
const sameMomentMs = 10_000;

/**
 * Why a coin's total is not quantity × price × a price of the same moment of `<quote>usdt` by the simulator's record;
 * undefined when it is, to the last digit.
 */
export const wrongConversion = (
  frame: PortfolioFrame,
  symbol: string,
  conversion: readonly KeptPrice[],
): string | undefined => {
  const coin = frame.Coins.find((one) => one.Symbol === symbol);
  if (!coin || coin.Price === null || coin.Total === null) return `${symbol} has no total`;
  const asOfMs = Date.parse(frame.AsOf);
  const rates = conversion.filter(({ timeMs }) => timeMs <= asOfMs && timeMs > asOfMs - sameMomentMs);
  const expected = rates.map(({ price }) =>
    new Exact(coin.Quantity)
      .times(coin.Price ?? 0)
      .times(price)
      .toFixed(),
  );
  return expected.includes(coin.Total) ? undefined : `${symbol} is ${coin.Total}, none of ${expected.join(', ')}`;
};
