import { add, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharedPositions } from './shared-portfolio.js';

const row = (asset: string, total: string, price: string | null, via = '', stale = false) => ({
  ...{ asset, via, available: total, reserved: '0', total, price, priceTime: null, stale: stale || price === null },
  value: price === null ? null : formatDecimal(multiply(parseDecimal(total), parseDecimal(price))),
});
const of = (...balances: ReturnType<typeof row>[]) => ({ value: '', balances });

it('shares are rounded to two decimals, half away from zero, and their sum is said', () => {
  const thirds = of(row('B', '1', '5'), row('A', '1', '5'), row('C', '1', '5'));
  expect(sharedPositions(thirds, false)).toEqual({
    percents: '99.99',
    positions: ['A', 'B', 'C'].map((asset) => ({ asset, share: '33.33', stale: false })),
  });
  const half = sharedPositions(of(row('A', '199.99', '1'), row('B', '0.01', '1')), false);
  expect([half.percents, ...half.positions.map(({ share }) => share)]).toEqual(['100.01', '100', '0.01']);
});

it('the largest comes first, what is held twice is one, what has no price has no share, and nothing is left out', () => {
  const all = of(
    row('ETH', '1', '3000'),
    row('BTC', '1', '60000', 'btcusdt'),
    row('BTC', '0.5', '60000', 'btceur', true),
  );
  const { percents, positions, value } = sharedPositions(
    of(...all.balances, row('X', '9', null), row('Y', '0', '1')),
    true,
  );
  expect({ percents, value }).toEqual({ percents: '100', value: '93000' });
  expect(positions).toEqual([
    { asset: 'BTC', share: '96.77', stale: true, quantity: '1.5', value: '90000' },
    { asset: 'ETH', share: '3.23', stale: false, quantity: '1', value: '3000' },
    { asset: 'X', share: null, stale: true, quantity: '9', value: null },
  ]);
});

it('of nothing, or of what is worth nothing here, there are no shares', () => {
  expect(sharedPositions(of(), false)).toEqual({ percents: '0', positions: [] });
  expect(sharedPositions(of(row('X', '9', null)), true)).toEqual({
    ...{ percents: '0', value: '0' },
    positions: [{ asset: 'X', share: null, stale: true, quantity: '9', value: null }],
  });
});

it('without amounts the same is told of ten times, of a thousand times and of a thousandth of it', () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((units) => formatDecimal({ units, scale: 8 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 12 }), (held) => {
      const times = (factor: string) => {
        const rows = held.map(([total, price], at) =>
          row(`A${at}`, formatDecimal(multiply(parseDecimal(total), parseDecimal(factor))), price),
        );
        return sharedPositions(of(...rows), false);
      };
      const told = times('1');
      for (const factor of ['10', '1000', '0.001']) expect(times(factor)).toEqual(told);
      const shares = told.positions.map(({ share }) => parseDecimal(share ?? '0'));
      expect(formatDecimal(shares.reduce(add, zero))).toBe(told.percents);
    }),
  );
});
