import { expect, it } from 'vitest';
import { framedSymbols } from './framed-symbols.js';

it('tells one coin in place of another, however many there are, and not that the order is another', () => {
  const coins = (...symbols: string[]) => symbols.map((symbol) => ({ Symbol: symbol }));
  expect(framedSymbols(coins('btcusdt', 'ethusdt'))).toBe(framedSymbols(coins('ethusdt', 'btcusdt')));
  expect(framedSymbols(coins('btcusdt', 'ethusdt'))).not.toBe(framedSymbols(coins('btcusdt', 'solusdt')));
  expect([framedSymbols(undefined), framedSymbols([])]).toEqual(['', '']);
});
