import { formatDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import type { MatchedOrder, OrderPlan, TapeTrade } from '../rules/order.js';
import { accepted, d, traded } from './matching.js';

const amount = (min: number, max: number, scale: number) =>
  fc.integer({ min, max }).map((units) => formatDecimal({ units: BigInt(units), scale }));
const price = amount(960, 1_040, 1);
const quantity = amount(1, 9_000, 3);

/** Trades from 1 on, some of them at one time, with pauses in which windows end. */
export const anyTape: fc.Arbitrary<readonly TapeTrade[]> = fc
  .array(
    fc.record({
      ...{ price, quantity, taker: fc.constantFrom('buyer' as const, 'seller' as const) },
      pauseMs: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
        { weight: 1, arbitrary: fc.integer({ min: 900, max: 70_000 }) },
      ),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => {
    let timeMs = 0;
    return all.map((one, at) => {
      timeMs += one.pauseMs;
      return traded(at + 1, one.price, one.quantity, one.taker, timeMs);
    });
  });

type Said = Partial<Record<keyof OrderPlan, string>>;
const side = fc.constantFrom('BUY', 'SELL');
const resting = fc.constantFrom<Said>({ type: 'LIMIT' }, { type: 'LIMIT' }, { type: 'LIMIT_MAKER' });
const taking = fc.constantFrom<Said>({ timeInForce: 'IOC' }, { timeInForce: 'FOK' }, { timeInForce: 'FOK' });
const anyPlan: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ side, quantity, price, of: resting }).map(({ of, ...plan }) => ({ ...plan, ...of })),
  fc.record({ side, quantity, price, of: taking }).map(({ of, ...plan }) => ({ ...plan, ...of, type: 'LIMIT' })),
  fc.record({ side, quantity, price }).map((plan) => ({ ...plan, type: 'LIMIT', icebergQuantity: '0.7' })),
  fc.record({ side, quantity, type: fc.constant('MARKET') }),
  fc.record({ side, quoteQuantity: amount(1, 900, 0), type: fc.constant('MARKET') }),
  fc.record({ side, quantity, stopPrice: price, type: fc.constantFrom('STOP_LOSS', 'TAKE_PROFIT') }),
  fc.record({ side, quantity, stopPrice: price, price, type: fc.constantFrom('STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT') }),
);

/** Orders of a portfolio that were accepted somewhere on a tape. */
export const anyOrders = (tape: readonly TapeTrade[]): fc.Arbitrary<readonly MatchedOrder[]> =>
  fc
    .array(
      fc.record({
        plan: anyPlan,
        after: fc.integer({ min: 0, max: tape.length }),
        protection: fc.option(price, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((all) =>
      all.map(({ plan, after, protection }, at) =>
        accepted(String(at + 1), plan, {
          ...{ acceptedAfterTrade: after, acceptedAtMs: after === 0 ? 0 : (tape[after - 1]?.timeMs ?? 0) },
          ...(plan.price === undefined && protection !== undefined ? { protection: d(protection) } : {}),
        }),
      ),
    );
