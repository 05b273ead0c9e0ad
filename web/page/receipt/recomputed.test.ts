import { formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { type ReceiptRow, recomputed } from './recomputed.js';

const priceTime = '2026-06-15T11:59:59.700Z';
const bitcoin = { price: '68123.45', priceTime, tradeId: 4_000_000_009 };
const row = (symbol: string, more: Partial<ReceiptRow>): ReceiptRow => ({
  ...{ symbol, baseAsset: 'BTC', quoteAsset: 'USDT', quantity: '0.12345678', priceState: 'live' },
  ...{ price: bitcoin, conversion: null, total: '8410.301779491' },
  ...more,
});
const converted = row('ethbtc', {
  ...{ baseAsset: 'ETH', quoteAsset: 'BTC', quantity: '1.5', price: { ...bitcoin, price: '0.03712' } },
  conversion: { symbol: 'btcusdt', price: bitcoin },
  total: '3793.113696',
});
const unpriced = row('dogeusdt', { baseAsset: 'DOGE', price: null, total: null, priceState: 'waiting' });

describe('a receipt computed again', () => {
  it('agrees with the server to the last digit, also through a conversion and without a price', () => {
    const { lines, total, isEqual } = recomputed({
      rows: [row('btcusdt', {}), converted, unpriced],
      total: '12203.415475491',
    });
    expect([formatDecimal(total), isEqual]).toEqual(['12203.415475491', true]);
    expect(lines.map((line) => line.total && formatDecimal(line.total))).toEqual([
      '8410.301779491',
      '3793.113696',
      undefined,
    ]);
  });
  it('says so where the sum, a row, or a value without a price is not what the server says', () => {
    const isEqual = (rows: readonly ReceiptRow[], total: string) => recomputed({ rows: [...rows], total }).isEqual;
    expect(isEqual([row('btcusdt', {})], '8410.301779492')).toBe(false);
    expect(isEqual([row('btcusdt', { total: '8410.301779492' })], '8410.301779491')).toBe(false);
    expect(isEqual([{ ...unpriced, total: '1' }], '0')).toBe(false);
    expect(isEqual([row('btcusdt', { total: null })], '8410.301779491')).toBe(false);
  });
  it('takes the same number with other zeros for the same', () => {
    expect(
      recomputed({ rows: [row('btcusdt', { total: '8410.3017794910' })], total: '8410.30177949100' }).isEqual,
    ).toBe(true);
  });
});
