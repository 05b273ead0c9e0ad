import { type Decimal, divide } from '@tickfolio/lib/money';
import { useChoice } from '../display/choice.js';
import { type Currency, currencyChoice } from '../display/choices.js';
import { useLive } from '../parts.js';
import { exact } from '../text/exact.js';

const isPriced = (row: { base: string; quote: string; price: string | undefined }, currency: Currency): boolean =>
  row.base === currency && row.quote === 'USDT' && row.price !== undefined;

/** What amounts can be shown in now: USDT, and what is held here and has a price. */
export const useCurrencies = (): readonly Currency[] => {
  const known = useLive((state) =>
    currencyChoice.values
      .filter((one) => one === 'USDT' || state.view?.rows.some((row) => isPriced(row, one)))
      .join(' '),
  );
  return known.split(' ') as Currency[];
};

/** Decimals of a converted amount: those of the smallest coins, so that nothing of a cent's worth is lost. */
const convertedScale = 8;

/**
 * What an amount in USDT is in the chosen currency, rounded; for the eye only, what is exact stays in USDT.
 * @returns undefined where USDT is chosen, or the chosen one has no price now
 */
export const useConverted = (usdt: Decimal): { readonly amount: Decimal; readonly currency: Currency } | undefined => {
  const currency = useChoice(currencyChoice);
  const price = useLive((state) => state.view?.rows.find((row) => isPriced(row, currency))?.price);
  if (currency === 'USDT' || price === undefined || exact(price).units === 0n) return undefined;
  return { amount: divide(usdt, exact(price), convertedScale), currency };
};
