import type { Freshness } from '../live/freshness.js';
import { useLive, useParts } from '../parts.js';
import { coinFreshnessOf } from './coin-freshness.js';

/** How live the price of a coin is, as the newest frame knows it; undefined for what is not held. */
export const useCoinFreshness = (symbol: string): Freshness | undefined => {
  const { store } = useParts();
  useLive((state) => state.view); // Anew with every frame.
  const { frame } = store;
  const coin = frame?.Coins.find((held) => held.Symbol === symbol);
  return coin && frame && coinFreshnessOf(coin, Date.parse(frame.AsOf));
};
