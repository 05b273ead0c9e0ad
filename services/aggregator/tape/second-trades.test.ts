import { seedsOf } from '@tickfolio/lib/kit/counts';
import { readAmount } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTrade, startSecond, toSecondStat } from './second-trades.js';

const Exact = Decimal.clone({ precision: 200, toExpNeg: -200, toExpPos: 200 });

describe('the trades of a second', () => {
  // Eight decimals have one scale and are compared at once; others have their own.
  const amount = fc.oneof(
    fc.tuple(fc.stringMatching(/^[0-9]{1,12}$/), fc.stringMatching(/^[0-9]{8}$/)).map((parts) => parts.join('.')),
    fc.tuple(fc.stringMatching(/^[0-9]{1,20}$/), fc.stringMatching(/^[0-9]{1,18}$/)).map((parts) => parts.join('.')),
    fc.stringMatching(/^[0-9]{1,20}$/),
  );

  it('sum up to what a decimal library says, whatever forms their amounts are written in and in whatever order they come', () => {
    const trades = fc.uniqueArray(fc.record({ id: fc.nat(1_000), price: amount, quantity: amount, ms: fc.nat(999) }), {
      minLength: 1,
      maxLength: 20,
      selector: ({ id }) => id,
    });
    fc.assert(
      fc.property(trades, (given) => {
        const made = given.map(({ id, price, quantity, ms }) => ({
          id,
          price: readAmount(price),
          quantity: readAmount(quantity),
          timeMs: 5_000 + ms,
        }));
        const [first, ...rest] = made;
        if (!first) return;
        const second = startSecond(first);
        for (const trade of rest) addTrade(second, trade);
        const ordered = [...given]
          .sort((a, b) => a.id - b.id)
          .map(({ price, quantity }) => [new Exact(price), new Exact(quantity)] as const);
        const prices = ordered.map(([price]) => price);
        const sum = (values: readonly Decimal[]) =>
          values.reduce((total, value) => total.plus(value), new Exact(0)).toFixed();
        expect(toSecondStat('btcusdt', second, true, 0)).toMatchObject({
          open: prices[0]?.toFixed(),
          close: prices.at(-1)?.toFixed(),
          high: Exact.max(...prices).toFixed(),
          low: Exact.min(...prices).toFixed(),
          volume: sum(ordered.map(([, quantity]) => quantity)),
          quoteVolume: sum(ordered.map(([price, quantity]) => price.times(quantity))),
          trades: given.length,
        });
      }),
      { numRuns: seedsOf(100) },
    );
  });
});
