import { createManualClock } from '@tickfolio/lib/clock';
import { isInBackground } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createMemoryStore } from '../kit/memory-store.js';
import { newOrder } from '../kit/new-order.js';
import type { Reference } from '../rules/order.js';
import type { OrderState } from '../store/records.js';
import { type SagaDeps, startSaga } from './saga.js';

it('looks in the background for what is due, and looks after what it finds as after what was asked', async () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const note = (what: string) => void asked.push(`${what} ${isInBackground() ? 'in the background' : 'for who waits'}`);
  const due = [{ id: 'o-1', step: 'releasing', attempts: 1, waitedMs: 0 }];
  const store = {
    claim: async (_limit: number, _leaseMs: number, only?: string) => {
      note(only === undefined ? 'sweep' : 'claim');
      return due.splice(0);
    },
    read: async () => {
      note('read');
      return { order: { id: 'o-1', portfolioId: 'p-1', reason: 'user' }, saga: { step: 'releasing' } };
    },
    change: async () => undefined,
  };
  const reservations = { release: async () => undefined };
  const deps = { store, reservations, clock, log: silentLogger(), random: () => 0.5 } as unknown as SagaDeps;
  const limits = { sweepMs: 250, minRetryMs: 100, maxRetryMs: 5_000, reserveMs: 30_000, callMs: 2_000 };
  const saga = startSaga(deps, limits);
  await expect.poll(() => asked).toEqual(['sweep in the background', 'read for who waits', 'claim for who waits']);
  await saga.close();
});

it('does at once what the sweep took while it was asked here what is due of the same order', async () => {
  const clock = createManualClock();
  const id = 'o-1';
  const state = { isDue: false, isSwept: () => {} };
  const swept = new Promise<void>((resolve) => {
    state.isSwept = resolve;
  });
  const released: string[] = [];
  const store = {
    claim: async (_limit: number, _leaseMs: number, only?: string) => {
      // The sweep is faster.
      if (only !== undefined) await swept;
      if (!state.isDue) return [];
      state.isDue = false;
      state.isSwept();
      return [{ id, step: 'releasing', attempts: 1, waitedMs: 0 }];
    },
    read: async () =>
      ({ order: { id, portfolioId: 'p-1', reason: 'user' }, saga: { step: 'releasing' } }) as unknown as OrderState,
    change: async () => undefined,
  };
  const reservations = {
    release: async ({ reservationId }: { reservationId: string }) => void released.push(reservationId),
  };
  const deps = { store, reservations, clock, log: silentLogger(), random: () => 0.5 } as unknown as SagaDeps;
  const limits = { sweepMs: 250, minRetryMs: 100, maxRetryMs: 5_000, reserveMs: 30_000, callMs: 2_000 };
  const saga = startSaga(deps, limits);
  saga.wake([id]);
  state.isDue = true;
  await clock.advanceAsync(limits.sweepMs);
  await expect.poll(() => released).toEqual([id]);
  await saga.close();
});

it('takes no order after a trade of long ago while it is not known what is traded now', async () => {
  const clock = createManualClock();
  const store = createMemoryStore(clock);
  const prices = { lastPrice: '85', askPrint: '85', bidPrint: '85' };
  const to = { lastTradeId: 7, watermarkMs: 7_000, lastTradeMs: 7_000, ...prices, simulated: false };
  const tape = { venue: 'binance', symbol: 'btcusdt' };
  await store.advance(tape, { from: { revision: 0, lastTradeId: undefined }, to, steps: [] });
  const order = newOrder('o-1', { userId: 'ann', portfolioId: 'p-1', price: '90' });
  await store.place(order, { maxASecond: 9, maxOpenOfSymbol: 9, maxOpenOfPortfolio: 9 }, 6_000, '');
  const state: { known: Reference | undefined } = { known: undefined };
  const deps = {
    ...{ store, clock, log: silentLogger(), random: () => 0.5, judge: () => undefined, jammed: () => undefined },
    tape: { reference: async () => state.known, problem: () => undefined },
    reservations: { reserve: async () => undefined },
  } as unknown as SagaDeps;
  const limits = { sweepMs: 250, minRetryMs: 100, maxRetryMs: 5_000, reserveMs: 30_000, callMs: 2_000 };
  const saga = startSaga(deps, limits);
  await saga.drive({ id: 'o-1', step: 'reserving', attempts: 1, waitedMs: 0 });
  expect((await store.read('o-1'))?.order).toMatchObject({ status: 'PENDING', acceptedAfterTrade: null });
  await store.advance(tape, { from: { revision: 0, lastTradeId: 7 }, to: { ...to, lastTradeId: 900 }, steps: [] });
  state.known = {} as Reference;
  await clock.advanceAsync(1_000);
  expect((await store.read('o-1'))?.order).toMatchObject({ status: 'NEW', acceptedAfterTrade: 900 });
  await saga.close();
});
