import type { Frame, FrameCoin } from '@tickfolio/client/frame';
import { createManualClock } from '@tickfolio/lib/clock';
import type { Holding } from '../holdings.js';
import { createPortfolioStore } from '../portfolio-store.js';
import type { PortfolioView } from '../portfolio-view.js';
import { createPriceTrails } from '../price-trails.js';

export const testAsOf = '2026-01-27T10:00:01.000Z';

/** One piece of a coin, priced a moment ago. @param worth null for no price */
export const testCoin = (symbol: string, worth: string | null, more: Partial<FrameCoin> = {}): FrameCoin => ({
  Symbol: symbol,
  Quantity: '1',
  Price: worth,
  Total: worth,
  PriceTime: worth === null ? null : testAsOf,
  Stale: worth === null,
  ...more,
});

const stateOf = (total: string, coins: readonly FrameCoin[], quotes: ReadonlyMap<string, string>) => {
  const store = createPortfolioStore({
    clock: createManualClock(),
    schedule: (run) => run(),
    trails: createPriceTrails(),
  });
  store.setMarkets(new Map([...quotes].map(([symbol, quote]) => [symbol, { quote, decimals: 0 }])));
  const frame: Frame = { UserID: 'u', UserName: 'maria', TotalValue: total, Coins: coins, AsOf: testAsOf };
  store.takeFrame(frame);
  return store.state;
};

/**
 * What the page shows of one frame. @param quotes of the symbols that are listed, lower case; none while the list is
 * not there
 */
export const viewOfCoins = (
  total: string,
  coins: readonly FrameCoin[],
  quotes: ReadonlyMap<string, string> = new Map(),
): PortfolioView => {
  const { view } = stateOf(total, coins, quotes);
  if (!view) throw new Error('a frame makes a view');
  return view;
};

/** The same by assets. */
export const holdingsOfCoins = (total: string, coins: readonly FrameCoin[]): readonly Holding[] =>
  stateOf(total, coins, new Map()).holdings;
