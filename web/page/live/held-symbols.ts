import type { FrameCoin } from '@tickfolio/client/frame';
import type { Row } from './portfolio-view.js';

const known = new WeakMap<readonly unknown[], string>();

const asOneText = <T>(coins: readonly T[] | undefined, symbolOf: (coin: T) => string): string => {
  if (!coins) return '';
  const found = known.get(coins) ?? coins.map(symbolOf).sort().join(' ');
  known.set(coins, found);
  return found;
};

/**
 * Which coins are shown, as one text: the same for the same coins, in whatever order. A count would be the same for
 * others too.
 */
export const heldSymbols = (rows: readonly Pick<Row, 'symbol'>[] | undefined): string =>
  asOneText(rows, ({ symbol }) => symbol);

/** Which coins the server has, likewise. What it has not confirmed yet it cannot answer for. */
export const framedSymbols = (coins: readonly Pick<FrameCoin, 'Symbol'>[] | undefined): string =>
  asOneText(coins, ({ Symbol: symbol }) => symbol);
