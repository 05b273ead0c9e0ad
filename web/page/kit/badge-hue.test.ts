import { expect, it } from 'vitest';
import { hueOf, initialsOf } from './badge-hue.js';

const known = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'DOGE', 'ADA', 'LINK', 'AVAX', 'DOT', 'LTC', 'ATOM'];

it('shows three letters of Dogecoin, Chainlink and Avalanche, not DO, LI and AV', () => {
  expect(['DOGE', 'LINK', 'AVAX', 'OP', 'W', '1000SATS'].map(initialsOf)).toEqual([
    'DOG',
    'LIN',
    'AVA',
    'OP',
    'W',
    '100',
  ]);
});
it('gives Bitcoin, BNB and Dogecoin a colour of their own, as every other of the best known', () => {
  expect(new Set(known.map(hueOf)).size).toBe(known.length);
});
it('spreads tickers that nobody knows over all colours, always in the same way', () => {
  const tickers = Array.from({ length: 26 * 26 }, (_, at) =>
    String.fromCharCode(65 + (at % 26), 65 + Math.floor(at / 26), 90),
  );
  const counts = new Map<number, number>();
  for (const hue of tickers.map(hueOf)) counts.set(hue, (counts.get(hue) ?? 0) + 1);
  expect(counts.size).toBe(24);
  expect(Math.max(...counts.values())).toBeLessThan((3 * tickers.length) / 24);
  expect(tickers.map(hueOf)).toEqual(tickers.map(hueOf));
});
