import { type Decimal, divide } from '@tickfolio/lib/money';
import { useLive, useParts } from '../../parts.js';
import { exact } from '../../text/exact.js';

const ratioScale = 18;

/** Price of one coin in USDT, as the newest frame knows it; undefined for what is not held. */
export const usePriceOf = (symbol: string): Decimal | undefined => {
  const { store } = useParts();
  useLive((state) => state.view); // Anew with every frame.
  const coin = store.frame?.Coins.find((held) => held.Symbol === symbol);
  if (!coin || coin.Price === null || coin.Total === null) return undefined;
  if (symbol.endsWith('usdt')) return exact(coin.Price);
  return divide(exact(coin.Total), exact(coin.Quantity), ratioScale);
};
