import { setTimeout as wait } from 'node:timers/promises';
import { ask, register } from '../frames/owner.js';

/** Rests far below what is paid, within the filters of the exchange. */
const asked = {
  ...{ symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
  ...{ price: '30000.00', quantity: '0.001' },
};
/** Half of those of one symbol that may be open. */
const maxOpen = 100;
/** One user may place 10 a second. */
const everyMs = 110;
const pendingMs = 50;
const maxPendingMs = 30_000;

interface Order {
  readonly id: string;
  readonly status: string;
}

/** Somebody who places orders of paper money that rest, and ends them before there are too many. */
export const createTrader = async (base: string, name: string) => {
  const { token } = await register(base, name);
  const call = <Answer>(method: string, path: string, body?: object) => ask<Answer>(base, method, path, body, token);
  const timed = async <Answer>(work: () => Promise<Answer>) => {
    const sentMs = performance.now();
    const answer = await work();
    return { answer, tookMs: performance.now() - sentMs };
  };
  let open = 0;
  /** Where the answer came before what it needs was kept, it is asked again until that is known. */
  const taken = async () => {
    let order = await call<Order>('POST', '/orders', asked);
    for (const untilMs = performance.now() + maxPendingMs; order.status === 'PENDING'; ) {
      if (performance.now() > untilMs) break;
      await wait(pendingMs);
      order = await call<Order>('GET', `/orders/${order.id}`);
    }
    return order;
  };
  const placed = async () => {
    const { answer, tookMs } = await timed(taken);
    if (answer.status !== 'NEW') throw new Error(`an order is ${answer.status}`);
    if (++open === maxOpen) {
      await call('DELETE', `/orders?symbol=${asked.symbol}`);
      open = 0;
    }
    return { id: answer.id, tookMs };
  };
  return {
    /** Milliseconds from asking until it is known to be taken, and of reading it. */
    place: async () => {
      const { id, tookMs } = await placed();
      const { tookMs: readMs } = await timed(() => call('GET', `/orders/${id}`));
      return { placedMs: tookMs, readMs };
    },
    /** As many as one user may, one after the other, until a moment on `performance.now`. */
    placeUntil: async (endMs: number, took: (ms: number) => void) => {
      for (let nextMs = performance.now(); nextMs < endMs; nextMs = Math.max(nextMs + everyMs, performance.now())) {
        await wait(Math.max(0, nextMs - performance.now()));
        took((await placed()).tookMs);
      }
    },
  };
};
export type Trader = Awaited<ReturnType<typeof createTrader>>;
