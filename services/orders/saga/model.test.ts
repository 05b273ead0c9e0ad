import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { seed, seedsOf } from '@tickfolio/lib/kit/counts';
import { createRandom } from '@tickfolio/lib/kit/random';
import { add, formatDecimal, multiply, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createMemoryStore, emptyOrders } from '../kit/memory-store.js';
import { newOrder } from '../kit/new-order.js';
import { createScriptedPortfolio } from '../kit/scripted-portfolio.js';
import { createScriptedTape } from '../kit/scripted-tape.js';
import type { Reservations } from '../portfolio/reservations.js';
import type { Reference } from '../rules/order.js';
import type { OrderStore } from '../store/order-store.js';
import { cancel } from './decisions.js';
import { expire, fill } from './fills.js';
import { startSaga } from './saga.js';

const seeds = seedsOf(50);
const callMs = 2_000;
// Shorter than it is, so that many are given up.
const limits = { sweepMs: 250, minRetryMs: 100, maxRetryMs: 5_000, reserveMs: 5_000, callMs };
const bounds = { maxASecond: 1_000, maxOpenOfSymbol: 1_000, maxOpenOfPortfolio: 1_000 };
const begin = { USDT: '1000', BTC: '5' } as const;
/** After which nothing is left to do. */
const healMs = 60_000;
const never = new Promise<never>(() => undefined);

/** The whole, over a transport that does what transports do until it is healed. */
const createWorld = (name: string) => {
  const random = createRandom(name);
  const clock = createManualClock();
  const kept = emptyOrders();
  const portfolio = createScriptedPortfolio();
  const state = { isHealed: false, awayUntilMs: 0, lives: 0, jammed: 0 };
  portfolio.open('p1', 'ann', begin);
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const chance = (share: number) => !state.isHealed && random() < share;
  const late = () => new AppError('deadline_exceeded', 'No answer came in time.');

  /** One call, as the sender sees it: what it asked for may be done never, once, twice, now or later. */
  const send = async <Value>(call: () => Promise<Value>): Promise<Value> => {
    if (clock.now() < state.awayUntilMs) {
      await pause(5);
      throw new AppError('unavailable', 'Nobody is there.');
    }
    if (chance(0.12)) {
      await pause(callMs);
      throw late();
    }
    if (chance(0.08)) await call().catch(() => undefined);
    if (chance(0.1)) {
      // It arrives long after nobody waits for it any more.
      void pause(callMs * (1 + 20 * random())).then(() => call().catch(() => undefined));
      await pause(callMs);
      throw late();
    }
    await pause(1 + (chance(0.3) ? random() * 1_500 : 0));
    const answer = call();
    if (chance(0.12)) {
      await answer.catch(() => undefined);
      await pause(callMs);
      throw late();
    }
    return answer;
  };

  /** A process of ours: once it was killed it does nothing more, whatever it was about to do. */
  const startLife = () => {
    const life = ++state.lives;
    const isOver = () => life !== state.lives;
    const killed = () => {
      if (!isOver() && chance(0.02)) startLife();
      return isOver();
    };
    const mortal =
      <Args extends readonly unknown[], Value>(work: (...args: Args) => Promise<Value>) =>
      async (...args: Args): Promise<Value> => {
        if (killed()) return never;
        const value = await work(...args);
        return killed() ? never : value;
      };
    const whole = createMemoryStore(clock, kept);
    const store: OrderStore = {
      place: mortal(whole.place),
      refuses: mortal(whole.refuses),
      change: mortal(whole.change) as OrderStore['change'],
      claim: mortal(whole.claim),
      read: mortal(whole.read),
      find: mortal(whole.find),
      orders: mortal(whole.orders),
      advance: mortal(whole.advance),
    };
    const reservations: Reservations = {
      reserve: mortal((asked) => send(() => portfolio.reservations.reserve(asked))),
      settle: mortal((asked) => send(() => portfolio.reservations.settle(asked))),
      release: mortal((asked) => send(() => portfolio.reservations.release(asked))),
    };
    const saga = startSaga(
      {
        store,
        reservations,
        tape: { reference: async () => ({}) as Reference, problem: () => undefined },
        judge: () => undefined,
        clock: { ...clock, every: (ms, run) => clock.every(ms, () => (isOver() ? undefined : run())) },
        log: silentLogger(),
        jammed: () => {
          state.jammed++;
        },
        random,
      },
      limits,
    );
    // Its first look may have been its end.
    if (!isOver()) current = { store, saga };
  };
  let current: { store: OrderStore; saga: ReturnType<typeof startSaga> } | undefined;
  startLife();
  const now = () => {
    if (!current) throw new Error('nothing runs');
    return current;
  };
  const store = createMemoryStore(clock, kept);
  return { random, clock, kept, portfolio, state, now, tape: createScriptedTape(store), kill: startLife };
};

/** What is left of `total` at most, in tenths. */
const partOf = (random: () => number, quantity: string): string => {
  const tenths = BigInt(1 + Math.floor(random() * 10));
  return formatDecimal(multiply(parseDecimal(quantity), { units: tenths, scale: 1 }));
};

const play = async (name: string): Promise<readonly string[]> => {
  const { random, clock, kept, portfolio, state, now, tape, kill } = createWorld(name);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  let made = 0;
  const place = async () => {
    const side = random() < 0.6 ? 'BUY' : 'SELL';
    const quantity = formatDecimal({ units: BigInt(1 + Math.floor(random() * 30)), scale: 1 });
    const order = newOrder(`o${++made}`, { userId: 'ann', portfolioId: 'p1', side, quantity });
    const { saga, store: mine } = now();
    void mine.place(order, bounds, 6_000, '').then((placed) => {
      const due = { id: order.id, step: 'reserving', attempts: 1, waitedMs: 0 } as const;
      // As whoever places it does; else as one that is found to be due.
      if (placed.kind === 'made') void saga.drive(due, random() < 0.8 ? placed.order : undefined);
    });
  };
  const open = () =>
    [...kept.orders.values()].filter(({ status }) => status === 'NEW' || status === 'PARTIALLY_FILLED');
  const trade = async () => {
    const order = pick(open());
    if (!order) return;
    const rest = subtract(parseDecimal(order.quantity ?? '0'), parseDecimal(order.filledQuantity));
    const quantity = random() < 0.3 ? formatDecimal(rest) : partOf(random, formatDecimal(rest));
    const received = order.side === 'BUY' ? 'BTC' : 'USDT';
    const { changed } = await tape.trade('btcusdt', '100', (tradeId) => [
      {
        orderId: order.id,
        decide: fill({
          tradeId,
          price: '100',
          quantity,
          maker: true,
          tradedAtMs: tradeId * 1_000,
          trade: { price: '99', quantity: '50', takenBefore: '0', buyerIsMaker: true },
          feeChoices: [{ asset: received, amount: '0.001' }],
          feeScheduleId: 1,
          isLast: quantity === formatDecimal(rest),
        }),
      },
    ]);
    now().saga.wake(changed);
  };
  const steps = [
    place,
    place,
    trade,
    trade,
    async () => void now().store.change(pick([...kept.orders.keys()]) ?? '', cancel('ann'), { tape: true }),
    async () => void now().store.change(pick(open())?.id ?? '', expire('no-liquidity'), { tape: true }),
    async () => {
      state.awayUntilMs = clock.now() + random() * 20_000;
    },
    async () => kill(),
  ];
  for (let step = 0; step < 40; step++) {
    await pick(steps)?.();
    await clock.advanceAsync(random() * 1_500);
  }
  state.isHealed = true;
  state.awayUntilMs = 0;
  // Whatever was waited for is decided by then, and what rests is ended.
  await clock.advanceAsync(healMs / 2);
  for (const { id } of open()) await now().store.change(id, cancel('ann'), { tape: true });
  await clock.advanceAsync(healMs / 2);
  return faultsIn();

  function faultsIn(): readonly string[] {
    const faults: string[] = [];
    if (state.jammed > 0) faults.push(`${state.jammed} were jammed`);
    let [usdt, btc] = [parseDecimal(begin.USDT), parseDecimal(begin.BTC)];
    for (const order of kept.orders.values()) {
      const { step, lastError } = kept.sagas.get(order.id) ?? { step: 'none', lastError: null };
      if (step !== 'done') faults.push(`${order.id} ${order.status} is ${step}: ${lastError}`);
      if (portfolio.stateOf(order.id) === 'held') faults.push(`${order.id} ${order.status} has its reservation yet`);
      const own = [...kept.fills.values()].filter(({ orderId }) => orderId === order.id);
      const sums = own.reduce(
        ({ quantity, quote }, one) => ({
          quantity: add(quantity, parseDecimal(one.quantity)),
          quote: add(quote, parseDecimal(one.quote)),
        }),
        { quantity: zero, quote: zero },
      );
      if (formatDecimal(sums.quantity) !== order.filledQuantity) faults.push(`${order.id} is not the sum of its fills`);
      if ((order.status === 'REJECTED' || order.status === 'PENDING') && own.length > 0)
        faults.push(`${order.id} is ${order.status} and was filled`);
      for (const one of own) if (!portfolio.isSettled(one.id)) faults.push(`${one.id} is not booked`);
      const fee = parseDecimal(own.length === 0 ? '0' : formatDecimal({ units: BigInt(own.length), scale: 3 }));
      [btc, usdt] =
        order.side === 'BUY'
          ? [subtract(add(btc, sums.quantity), fee), subtract(usdt, sums.quote)]
          : [subtract(btc, sums.quantity), subtract(add(usdt, sums.quote), fee)];
      const versions = kept.events.filter(({ stream }) => stream === `order:${order.id}`).map(({ version }) => version);
      if (versions.some((version, at) => version !== at + 1) || versions.length !== order.version)
        faults.push(`${order.id} is at ${order.version} and told ${versions.join()}`);
    }
    if (portfolio.settledCount() !== kept.fills.size)
      faults.push(`${portfolio.settledCount()} fills are booked, ${kept.fills.size} were made`);
    const held = portfolio.held('p1').join(', ');
    const due = [`BTC ${formatDecimal(btc)} 0`, `USDT ${formatDecimal(usdt)} 0`].filter((one) => !/ 0 0$/.test(one));
    if (held !== due.join(', ')) faults.push(`${held} is held; by the fills ${due.join(', ')}`);
    return faults;
  }
};

describe('orders whose calls get lost, come twice, late and in any order, while either side is killed', () => {
  it(`all end, with what the fills say, of ${seeds} histories`, { timeout: 30_000 + seeds * 200 }, async () => {
    for (let at = 0; at < seeds; at++) {
      const name = `${seed} ${at}`;
      expect([name, await play(name)]).toEqual([name, []]);
    }
  });
});
