import { grouped, padded } from '@tickfolio/lib/look/amount';
import { useCallback } from 'react';
import { useParts } from '../parts.js';
import { useText } from './language.js';

/** Writes a price in the steps of its market, so that a column of them keeps its point; no digit is left out. */
export const usePriceText = (symbol: string): ((price: string) => string) => {
  const { store } = useParts();
  const { numbers } = useText();
  return useCallback((price) => grouped(padded(price, store.decimalsOf(symbol)), numbers), [store, numbers, symbol]);
};
