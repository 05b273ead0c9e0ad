import { describe, expect, it } from 'vitest';
import { isSymbol, maxSymbolLength } from './symbol.js';

describe('the name of a symbol', () => {
  it.each(['btcusdt', '1000satsusdt', '币安人生usdt', 'a', 'x'.repeat(maxSymbolLength)])('can be %s', (name) => {
    expect(isSymbol(name)).toBe(true);
  });

  it.each([
    '',
    'BTCUSDT',
    'btc usdt',
    'btcusdt@trade',
    'btc/usdt',
    'btc"',
    'x'.repeat(maxSymbolLength + 1),
    'btcusdt\n',
  ])('cannot be %j', (name) => {
    expect(isSymbol(name)).toBe(false);
  });
});
