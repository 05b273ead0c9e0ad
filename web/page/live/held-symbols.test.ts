import { expect, it } from 'vitest';
import { framedSymbols, heldSymbols } from './held-symbols.js';

it('tells one coin in place of another, however many there are, and not that the order is another', () => {
  const rows = (...symbols: string[]) => symbols.map((symbol) => ({ symbol }));
  expect(heldSymbols(rows('btcusdt', 'ethusdt'))).toBe(heldSymbols(rows('ethusdt', 'btcusdt')));
  expect(heldSymbols(rows('btcusdt', 'ethusdt'))).not.toBe(heldSymbols(rows('btcusdt', 'solusdt')));
  expect([heldSymbols(undefined), heldSymbols([])]).toEqual(['', '']);
  expect(framedSymbols([{ Symbol: 'solusdt' }, { Symbol: 'btcusdt' }])).toBe(heldSymbols(rows('btcusdt', 'solusdt')));
});
