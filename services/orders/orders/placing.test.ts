import { createManualClock } from '@tickfolio/lib/clock';
import { parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { createPlacing, type PlacingDeps } from './placing.js';

const quantity = parseDecimal('1');
const asked = {
  userId: 'ann',
  requestId: '',
  order: { symbol: 'btcusdt', side: 'BUY', type: 'MARKET', quantity: '1' },
};
const limits = { maxASecond: 10, maxOpenOfSymbol: 200, maxOpenOfPortfolio: 1_000, decisionMs: 2_000, leaseMs: 6_000 };

/** One order that is stored, and decided when the test says so. */
const build = () => {
  const clock = createManualClock();
  const set = { status: 'PENDING', reads: 0, decided: undefined as (() => void) | undefined };
  const deps = {
    clock,
    store: {
      place: async (order: object) => ({ kind: 'placed', order }),
      read: async () => {
        set.reads += 1;
        return { order: { status: set.status } };
      },
    },
    saga: {
      drive: async () => undefined,
      onDecided: (_: string, listener: () => void) => {
        set.decided = listener;
        return () => undefined;
      },
    },
    portfolios: { get: async () => ({ id: 'p', kind: 'paper', isArchived: false, simulated: true }) },
    rules: {
      readPlan: () => ({ symbol: 'btcusdt', side: 'BUY', type: 'MARKET', quantity }),
      checkFilters: () => undefined,
      needsReference: () => false,
      judge: () => undefined,
      reservationOf: () => ({ asset: 'USDT', amount: quantity }),
    },
    symbols: { simulated: true, rules: () => ({ baseAsset: 'BTC', quoteAsset: 'USDT', stepSize: quantity }) },
    tape: { reference: async () => undefined },
  };
  const { place } = createPlacing(deps as unknown as PlacingDeps, limits);
  return { clock, set, placed: place(asked as Parameters<typeof place>[0]) };
};

describe('an order that was placed', () => {
  it('is read once, when it is decided: before that it would only keep who decides it from the database', async () => {
    const { set, placed } = build();
    await expect.poll(() => set.decided).toBeDefined();
    expect(set.reads).toBe(0);
    set.status = 'NEW';
    set.decided?.();
    expect((await placed).state.order.status).toBe('NEW');
    expect(set.reads).toBe(1);
  });

  it('is answered as it stands where that is not decided within two seconds', async () => {
    const { clock, set, placed } = build();
    await expect.poll(() => set.decided).toBeDefined();
    clock.advance(limits.decisionMs);
    expect((await placed).state.order.status).toBe('PENDING');
    expect(set.reads).toBe(1);
  });
});
