import type { Frame, FrameCoin } from '@tickfolio/client/frame';
import { parseDecimal } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Baselines, type PortfolioView, type Row, viewOf } from './portfolio-view.js';

const Exact = Decimal.clone({ precision: 200, toExpNeg: -200, toExpPos: 200 });
const style = { group: ',', point: '.' };
const symbols = ['btcusdt', 'ethusdt', 'dogeusdt', 'ethbtc'];

const amount = fc
  .tuple(fc.stringMatching(/^[1-9][0-9]{0,8}$/), fc.stringMatching(/^[0-9]{0,12}$/))
  .map(([whole, fraction]) => new Exact(fraction ? `${whole}.${fraction}` : whole).toFixed());
const coin = fc.record({
  quantity: fc.constantFrom('1', '0.5', '1234567.000000000000000001'),
  price: fc.option(
    fc.oneof({ weight: 2, arbitrary: fc.constantFrom('1', '2', '0.000000000012') }, { weight: 1, arbitrary: amount }),
  ),
  stale: fc.boolean(),
});
const frameOf = (coins: readonly { quantity: string; price: string | null; stale: boolean }[], at: number): Frame => {
  const rows = coins.map(({ quantity, price, stale }, index): FrameCoin => {
    const total = price === null ? null : new Exact(quantity).times(price).toFixed();
    return {
      Symbol: symbols[index] ?? '',
      Quantity: quantity,
      Price: price,
      Total: total,
      PriceTime: '2026-01-27T10:00:00.500Z',
      Stale: stale,
    };
  });
  const total = rows.reduce((sum, { Total }) => sum.plus(Total ?? 0), new Exact(0)).toFixed();
  return {
    UserID: 'u',
    UserName: 'maria',
    TotalValue: total,
    Coins: rows,
    AsOf: new Date(1_769_508_001_000 + at * 500).toISOString(),
  };
};

/** What a view shows, without what counts changes. */
const shown = ({ direction, ticks, ...row }: Row) => row;

describe('a portfolio that is kept up to date', () => {
  it('shows what it would show if it were made anew, and in exact arithmetic', () => {
    const day: Baselines['day'] = new Map([['btcusdt', { price: parseDecimal('1.5'), sinceMs: 1_769_472_000_000 }]]);
    const input = {
      expected: new Map(),
      baselines: { basis: '24h' as const, day },
      marketOf: () => ({ quote: 'usdt', decimals: 0 }),
      style,
    };
    fc.assert(
      fc.property(fc.array(fc.array(coin, { maxLength: symbols.length }), { minLength: 1, maxLength: 6 }), (rounds) => {
        let before: { view: PortfolioView; frame: Frame } | undefined;
        for (const [at, coins] of rounds.entries()) {
          const frame = frameOf(coins, at);
          const view = viewOf({ ...input, frame, before });
          const anew = viewOf({ ...input, frame, before: undefined });
          expect(view.rows.map(shown)).toEqual(anew.rows.map(shown));
          const sums = ({ total: { direction, ticks, ...total }, ...rest }: PortfolioView) => ({
            ...rest,
            rows: [],
            total,
          });
          expect(sums(view)).toEqual(sums(anew));
          for (const row of view.rows) {
            const value = row.value === undefined ? undefined : new Exact(row.value);
            const worth =
              value && new Exact(frame.TotalValue).isZero() ? undefined : value?.times(100).div(frame.TotalValue);
            const rounded = worth?.toFixed(1, Decimal.ROUND_HALF_UP);
            // What is something is never shown as nothing, and what is not all never as all.
            const told = (text: string | undefined, exact: Decimal) =>
              text === '0.0' && !exact.isZero() ? '<0.1' : text === '100.0' && !exact.eq(100) ? '>99.9' : text;
            if (worth) expect(row.share).toBe(`${told(rounded, worth)} %`);
          }
          before = { view, frame };
        }
      }),
      { numRuns: 50 },
    );
  });
});
