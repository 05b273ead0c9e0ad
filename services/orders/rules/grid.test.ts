import { compare, divide, multiply } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brokenBound,
  ceilOfQuotient,
  ceilTo,
  decimalsOf,
  floorOfQuotient,
  floorTo,
  isOn,
  nearestWithin,
} from './grid.js';

const amount = fc.record({ units: fc.bigInt({ min: 1n, max: 10n ** 15n }), scale: fc.integer({ min: 0, max: 12 }) });

describe('steps of amounts', () => {
  it('are the nearest ones on both sides', () => {
    fc.assert(
      fc.property(amount, amount, (of, step) => {
        const [down, up] = [floorTo(of, step), ceilTo(of, step)];
        expect(isOn(down, step) && isOn(up, step)).toBe(true);
        expect(compare(down, of) <= 0 && compare(of, up) <= 0).toBe(true);
        expect(
          compare(multiply(step, { units: 1n, scale: 0 }), { units: up.units - down.units, scale: up.scale }) >= 0,
        ).toBe(true);
      }),
    );
  });

  it('of a quotient are those of what it is', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 0, max: 8 }), (a, b, scale) => {
        const step = { units: 1n, scale };
        const [down, up] = [floorOfQuotient(a, b, step), ceilOfQuotient(a, b, step)];
        expect(compare(multiply(down, b), a) <= 0 && compare(a, multiply(up, b)) <= 0).toBe(true);
        const rounded = divide(a, b, scale);
        expect(compare(down, rounded) === 0 || compare(up, rounded) === 0).toBe(true);
      }),
    );
  });

  it('show how many decimals an amount has', () => {
    expect(
      [
        { units: 100n, scale: 4 },
        { units: 0n, scale: 3 },
        { units: 101n, scale: 2 },
      ].map(decimalsOf),
    ).toEqual([2, 0, 2]);
  });
});

describe('the nearest that is allowed', () => {
  it('is allowed, and nothing else that is allowed is nearer', () => {
    const small = fc.record({ units: fc.bigInt({ min: 1n, max: 300n }), scale: fc.constant(1) });
    const bounds = fc.record({
      min: fc.option(small, { nil: undefined }),
      max: fc.option(small, { nil: undefined }),
      step: fc.option(fc.record({ units: fc.bigInt({ min: 1n, max: 40n }), scale: fc.constant(1) }), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(small, bounds, (of, within) => {
        const nearest = nearestWithin(of, within);
        const all = Array.from({ length: 400 }, (_, at) => ({ units: BigInt(at + 1), scale: 1 }));
        const allowed = all.filter((one) => brokenBound(one, within) === undefined);
        if (!nearest) {
          expect(allowed).toEqual([]);
          return;
        }
        const far = ({ units }: { units: bigint }) => (units > of.units ? units - of.units : of.units - units);
        expect(brokenBound(nearest, within)).toBeUndefined();
        const at = { units: nearest.scale === 1 ? nearest.units : nearest.units * 10n };
        for (const one of allowed) expect(far(one) >= far(at)).toBe(true);
      }),
    );
  });
});
