import type { Change } from '@tickfolio/lib/look/change';
import { describe, expect, it } from 'vitest';
import { createHeldMovers, holdMs, moversOf } from './movers.js';

const moved = (
  asset: string,
  size: number,
  { value, ...more }: { readonly stale?: boolean; readonly value?: string } = {},
) => {
  const direction = size > 0 ? 'up' : size < 0 ? 'down' : 'same';
  const priceDay: Change = { text: '', direction, percent: '', percentDirection: direction, size };
  const row = { priceDay, stale: false, priceText: '1', value, pending: false, ...more };
  return { asset, value, rows: [row] as const };
};
const names = (holdings: readonly { readonly asset: string }[]) => holdings.map(({ asset }) => asset).join(' ');

describe('the movers of a portfolio', () => {
  it('are the five whose prices moved most, whichever way', () => {
    const rows = [
      moved('a', 0.01),
      moved('b', -0.2),
      moved('c', 0.1),
      moved('d', 0.02),
      moved('e', -0.03),
      moved('f', 0.05),
    ];
    expect(names(moversOf(rows))).toBe('b c f e d');
  });
  it('are none of those that did not move, have an old price, or none of then', () => {
    const [known] = moved('c', 1).rows;
    const unknown = { asset: 'c', value: undefined, rows: [{ ...known, priceDay: undefined }] as const };
    expect(moversOf([moved('a', 0), moved('b', 0.1, { stale: true }), unknown])).toEqual([]);
  });
  it('are none that are worth less than 1 USDT, however much they moved', () => {
    const rows = [moved('a', 0.9, { value: '0.99' }), moved('b', 0.1, { value: '1' }), moved('c', 0.2)];
    expect(names(moversOf(rows))).toBe('c b');
  });
  it('hold their places for a while though prices move, and give them up at once where a coin is gone or another moment is chosen', () => {
    const held = createHeldMovers();
    const six = (last: number) => [
      moved('a', 0.6),
      moved('b', 0.5),
      moved('c', 0.4),
      moved('d', 0.3),
      moved('e', 0.2),
      moved('f', last),
    ];
    expect(names(held(six(0.1), 0, '24h'))).toBe('a b c d e');
    expect(names(held(six(0.9), holdMs - 1, '24h'))).toBe('a b c d e');
    expect(names(held(six(0.9), holdMs, '24h'))).toBe('f a b c d');
    expect(names(held(six(0.1), holdMs + 1, '7d'))).toBe('a b c d e');
    expect(names(held(six(0.9).slice(1), holdMs + 2, '7d'))).toBe('b c d e f');
  });
});
