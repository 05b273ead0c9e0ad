import { expect, it } from 'vitest';
import { holdingsOfCoins, testCoin } from '../../live/kit/view.js';
import { figureWidths } from './figure-widths.js';

const widths = (quantity: string, columns: 'all' | 'fewer', isHidden = false) =>
  figureWidths(
    holdingsOfCoins('1', [testCoin('btcusdt', '68123.45', { Quantity: quantity }), testCoin('ethusdt', '3')]),
    columns,
    isHidden,
  );

it('has room for a quantity of eight decimals, in its column or below the value', () => {
  const { quantity, value } = widths('18000.12345678', 'all');
  expect([quantity >= 13, value < quantity]).toEqual([true, true]);
  expect(widths('18000.12345678', 'fewer').value).toBeGreaterThan(quantity);
});

it('has more room for letters than for figures, and less for the marks between groups', () => {
  const roomFor = (quantity: string) => widths(quantity, 'all').quantity;
  expect(roomFor('1234567.12345678')).toBeCloseTo(15 + 3 * 0.4);
  const { quantity } = figureWidths(
    holdingsOfCoins('1', [testCoin('btcusdt', '1', { Quantity: '12345678' })]),
    'fewer',
    false,
  );
  expect(quantity).toBeCloseTo(8 + 2 * 0.4 + 0.4 + 3 * 1.2); // 12,345,678 BTC
});

it('tells nothing of how long an amount is that is hidden', () => {
  expect(widths('123456789012.12345678', 'all', true)).toEqual(widths('1', 'all', true));
});
