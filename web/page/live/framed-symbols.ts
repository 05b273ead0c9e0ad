import type { FrameCoin } from '@tickfolio/client/frame';

const known = new WeakMap<readonly unknown[], string>();

/**
 * Which coins the server has, as one text: the same for the same coins, in whatever order. A count would be the same
 * for others too, and what the server has not confirmed yet it cannot answer for.
 */
export const framedSymbols = (coins: readonly Pick<FrameCoin, 'Symbol'>[] | undefined): string => {
  if (!coins) return '';
  const found =
    known.get(coins) ??
    coins
      .map(({ Symbol: symbol }) => symbol)
      .sort()
      .join(' ');
  known.set(coins, found);
  return found;
};
