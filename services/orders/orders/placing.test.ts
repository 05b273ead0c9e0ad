import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { passing } from '@tickfolio/lib/kit/becomes';
import { parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { btcusdt } from '../kit/matching.js';
import { createMemoryStore } from '../kit/memory-store.js';
import { defaultLimits } from '../limits.js';
import { accept } from '../saga/decisions.js';
import type { OrderStore } from '../store/order-store.js';
import { createPlacing, type PlacingDeps } from './placing.js';
import { usualRules } from './usual-rules.js';

const away = new AppError('unavailable', 'The database cannot be reached.');
const portfolioId = '0199a3c2-7d10-7000-8000-000000000002';
const order = { symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '1', price: '100' };
const asked = { userId: 'u', portfolioId, clientOrderId: 'my-1', order, simulated: false, requestId: '' };

/** Placing over orders in memory, at which nobody reserves anything. */
const build = (said: (store: OrderStore) => Partial<PlacingDeps> = () => ({})) => {
  const clock = createManualClock(Date.UTC(2026, 10, 30));
  const store = createMemoryStore(clock);
  const deps: PlacingDeps = {
    ...{ store, rules: usualRules, clock },
    saga: { drive: async () => undefined, onDecided: () => () => undefined },
    portfolios: {
      get: async () => ({ id: portfolioId, kind: 'paper', isArchived: false, simulated: false, feeAsset: undefined }),
      available: async () => '1000',
      held: async () => '0',
    },
    symbols: { rules: () => btcusdt, simulated: false },
    openBuys: async () => '0',
    tape: { reference: async () => undefined, problem: () => undefined },
    fees: async () => ({ maker: parseDecimal('0.001'), taker: parseDecimal('0.001') }),
    ...said(store),
  };
  return { clock, ...createPlacing(deps, { ...defaultLimits, leaseMs: 6_000 }) };
};

/** What somebody is told who places an order, while time goes on. */
const told = async (clock: ManualClock, work: ReturnType<ReturnType<typeof build>['place']>) => {
  let answer = '';
  void work.then(
    ({ state, isRepeat }) => {
      answer = `${isRepeat ? 'again' : 'placed'}: ${state.order.status}`;
    },
    (thrown: AppError) => {
      answer = thrown.fields[0]?.reason ?? thrown.code;
    },
  );
  await expect.poll(passing(clock, 250, () => answer)).not.toBe('');
  return answer;
};

it('reads an order that was placed once, when it is decided: before that it would only keep who decides it waiting', async () => {
  const set = { reads: 0, decided: undefined as (() => void) | undefined };
  const { place } = build((store) => ({
    store: {
      ...store,
      read: (id) => {
        set.reads += 1;
        return store.read(id);
      },
    },
    saga: {
      drive: async ({ id }) => {
        await store.change(
          id,
          accept(() => undefined),
          { tape: true },
        );
        await Promise.resolve();
        set.decided?.();
      },
      onDecided: (_, listener) => {
        set.decided = listener;
        return () => undefined;
      },
    },
  }));
  expect((await place(asked)).state.order.status).toBe('NEW');
  expect(set.reads).toBe(1);
});

it('answers with an order that is stored when the database goes away before it is decided', async () => {
  const { clock, place } = build((store) => ({ store: { ...store, read: () => Promise.reject(away) } }));
  expect(await told(clock, place(asked))).toBe('placed: PENDING');
});

it('says of no symbol that it is not listed before anybody knows what is', async () => {
  const { place, test } = build(() => ({ symbols: { rules: () => undefined, simulated: undefined } }));
  const refusal = { code: 'unavailable', fields: [{ reason: 'market-away' }] };
  await expect(place(asked)).rejects.toMatchObject(refusal);
  await expect(test(asked)).rejects.toMatchObject(refusal);
});

it('answers with the one order without a portfolio too, whichever prices there are by then', async () => {
  const symbols = { rules: () => btcusdt, simulated: false as boolean | undefined };
  const { clock, place } = build(() => ({ symbols }));
  const named = { ...asked, portfolioId: undefined, simulated: undefined };
  expect(await told(clock, place(named))).toBe('placed: PENDING');
  for (const now of [false, true, undefined]) {
    symbols.simulated = now;
    expect(await told(clock, place(named))).toBe('again: PENDING');
  }
});
