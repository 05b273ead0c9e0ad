import { parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { holdingsOfCoins, testCoin } from '../live/kit/view.js';
import { isLopsided, partsOf } from './allocation-parts.js';

const look = (total: string, totals: Readonly<Record<string, string>>) => {
  const coins = Object.entries(totals).map(([symbol, worth]) => testCoin(symbol, worth));
  const holdings = holdingsOfCoins(total, coins);
  return { holdings, parts: partsOf(holdings, parseDecimal(total), 'Other', { group: ',', point: '.' }) };
};

describe('the parts of the ring', () => {
  it('have the figures of the table: 7.1535 % is 7.2 % in both', () => {
    const { holdings, parts } = look('100', { btcusdt: '92.8465', ethusdt: '7.1535' });
    expect(holdings.map(({ share }) => share)).toEqual(['92.8 %', '7.2 %']);
    expect(parts.map(({ share }) => share)).toEqual(['92.8 %', '7.2 %']);
  });
  it('are the largest coins, also where each is less than a hundredth of a percent, and the others are summed before they are rounded', () => {
    const small = { a: '1.04', b: '1.01', c: '1.06', d: '1.02', e: '1.05', f: '1.03', g: '1.07' };
    const totals = Object.fromEntries(Object.entries(small).map(([name, value]) => [`${name}usdt`, value]));
    expect(look('100000', totals).parts.map(({ label, share }) => `${label} ${share}`)).toEqual([
      'G <0.1 %',
      'C <0.1 %',
      'E <0.1 %',
      'A <0.1 %',
      'F <0.1 %',
      'Other <0.1 %',
    ]);
    expect(look('41.4', totals).parts.at(-1)?.share).toBe('4.9 %'); // 2.03 of 41.4, of which each alone is 2.4 and 2.5 %.
  });
  it('join what would be hairlines, and leave a single one its name', () => {
    const labels = (totals: Readonly<Record<string, string>>) => look('100', totals).parts.map(({ label }) => label);
    expect(labels({ btcusdt: '60', ethusdt: '37', solusdt: '1.5', dogeusdt: '1.5' })).toEqual(['BTC', 'ETH', 'Other']);
    expect(labels({ btcusdt: '60', ethusdt: '38.5', solusdt: '1.5' })).toEqual(['BTC', 'ETH', 'SOL']);
    expect(labels({ btcusdt: '96', ethusdt: '2', solusdt: '2' })).toEqual(['BTC', 'ETH', 'SOL']);
  });
  it('are bars where one coin is more than nine tenths of all', () => {
    expect(isLopsided(look('100', { btcusdt: '95', ethusdt: '5' }).parts)).toBe(true);
    expect(isLopsided(look('100', { btcusdt: '90', ethusdt: '10' }).parts)).toBe(false);
    expect(isLopsided(look('100', { btcusdt: '100' }).parts)).toBe(false);
    expect(isLopsided(look('0', { btcusdt: '0' }).parts)).toBe(false);
  });
  it('are assets: Bitcoin that is held through three markets is one part, with the sum of them', () => {
    const { parts } = look('100', { btcusdt: '40', ethusdt: '30', btcusdc: '20', btceur: '10' });
    expect(parts.map(({ label, share }) => [label, share])).toEqual([
      ['BTC', '70.0 %'],
      ['ETH', '30.0 %'],
    ]);
  });
  it('leave out what is worth nothing, and are none where nothing is worth anything', () => {
    expect(look('5', { btcusdt: '5', ethusdt: '0' }).parts.map(({ label }) => label)).toEqual(['BTC']);
    expect(look('0', { btcusdt: '0' }).parts).toEqual([]);
  });
});
