import { createManualClock, sleep } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { createScriptedTrades } from '../kit/scripted-trades.js';

const beganMs = Date.UTC(2026, 10, 30);
const minuteMs = 60_000;
const nightMinutes = 600;
/** How long the exchange takes for a page. */
const pageMs = 300;

/** What is traded in a minute of the night, some sixty times: near 100, but for some. */
const priceIn = (minute: number, at: number): number => {
  if (minute === 123 && at > 30) return 89.5;
  if (minute === 124) return 89 + at / 100;
  if (minute === 300 && at === 40) return 111;
  if (minute === 301) return 104;
  return 100 + ((minute * 7 + at * 3) % 19) / 10;
};

/** Orders that rest, then ten hours in which nobody looks at trades. */
const night = async (given: Parameters<typeof createFollowedTape>[0] = {}) => {
  const all = createFollowedTape(given);
  const { exchange, start, whileTimePasses, order } = all;
  exchange.trade('100', '1', 'buyer', beganMs);
  const follower = start();
  await whileTimePasses(follower.reference());
  const ids = {
    met: await order({ price: '90', quantity: '12' }),
    never: await order({ price: '50', quantity: '1' }),
    stop: await order({ type: 'STOP_LOSS_LIMIT', stopPrice: '110', price: '105', quantity: '3' }),
    other: await order({ price: '89.2', quantity: '4', portfolioId: 'b' }),
    passed: await order({ type: 'MARKET', timeInForce: null, price: null, protection: '200', quantity: '1' }),
  };
  await follower.close();
  for (let minute = 0; minute < nightMinutes; minute++)
    for (let at = 0; at < 60; at++)
      exchange.trade(
        String(priceIn(minute, at)),
        '0.5',
        (minute + at) % 2 === 0 ? 'buyer' : 'seller',
        beganMs + minute * minuteMs + at * 1_000 + 500,
      );
  return { ...all, ids };
};

it('fills orders after a night of ten hours as if somebody had looked at all its trades, within a minute and with little of the exchange’s weight (F12a)', async () => {
  const clock = createManualClock(beganMs);
  const looked = await night({ clock, exchange: createScriptedTrades({ asked: () => sleep(clock, pageMs) }) });
  clock.advance(nightMinutes * minuteMs);
  // The same with a tape that reaches back as far as it takes.
  const whole = await night({ exchange: createScriptedTrades({ maxMissed: 1_000_000 }) });
  for (const one of [looked, whole]) {
    const startedMs = one.clock.now();
    const follower = one.start();
    await one.caughtUp();
    expect(one.clock.now() - startedMs).toBeLessThan(minuteMs);
    await follower.close();
  }
  const filled = (one: typeof looked) => {
    const names = new Map(Object.entries(one.ids).map(([name, id]) => [id, name]));
    return one
      .fills()
      .map(({ orderId, tradeId, price, quantity }) => `${names.get(orderId)} ${quantity} at ${price} by ${tradeId}`)
      .filter((line) => !line.startsWith('passed'))
      .sort();
  };
  expect(filled(looked).length).toBeGreaterThan(20);
  expect(filled(looked)).toEqual(filled(whole));
  const weight = looked.exchange.pages.reduce((sum, page) => sum + (page === 'minutes' ? 2 : 4), 0);
  expect(weight).toBeLessThan(120);
  const { met, never, passed } = looked.ids;
  expect(await looked.read(met)).toMatchObject({ status: 'FILLED', gap: { basis: 'klines' } });
  expect(await looked.read(never)).toMatchObject({ status: 'NEW', gap: { basis: 'klines' } });
  expect(await looked.read(passed)).toMatchObject({ status: 'EXPIRED', reason: 'no-liquidity', filledQuantity: '0' });
});

it('goes on from where it was cut while it caught up', async () => {
  const { start, caughtUp, exchange, fills, clock, ids, read } = await night();
  for (let times = 0; times < 5; times++) {
    const follower = start();
    await clock.advanceAsync(3);
    await follower.close();
  }
  const follower = start();
  await caughtUp();
  await follower.close();
  expect((await read(ids.met)).filledQuantity).toBe('12');
  expect(new Set(fills().map(({ orderId, tradeId }) => `${orderId} ${tradeId}`)).size).toBe(fills().length);
  expect(exchange.pages.length).toBeLessThan(120);
});
