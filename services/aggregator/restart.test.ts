import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createPriceBus, type PriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { afterEach, describe, expect, it } from 'vitest';
import { startRig } from './kit/aggregator.js';
import { startFakeSocket } from './kit/socket.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});

const symbol = 'btcusdt';
const hourAgo = Math.floor(systemClock.now() / 1_000) * 1_000 - 3_600_000;
/** Of a coin that is traded once an hour. */
const hourly = { symbol, price: '71.5', timeMs: hourAgo, tradeId: 77 };
const rowOf = (tradeId: number, timeMs: number) => ({
  id: tradeId,
  price: '60.00000000',
  quantity: '1.00000000',
  timeMs,
});

/** An aggregator just started, beside what a former one left; its exchange is the simulator. */
const startBeside = async (left: PriceBus, priceBus: PriceBus = left) => {
  const fake = await startFakeSocket();
  closing.push(() => fake.close());
  fake.listed = [symbol];
  const rig = await startRig(fake.port, {}, systemClock, { priceBus });
  closing.push(() => rig.close());
  await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
  const priceNow = async () => {
    const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: [symbol] });
    return (body as { lastPrices: Record<string, { price: string; tradeId: number }> }).lastPrices[symbol];
  };
  return { fake, rig, priceNow };
};

describe('a coin that is traded once an hour', () => {
  it('has its price at once after a restart, also where the exchange refuses its history', async () => {
    const bus = createPriceBus(createMemoryPubSub());
    bus.publishPrice({ ...hourly, simulated: true });
    const { fake, rig, priceNow } = await startBeside(bus);
    fake.pageFault = new AppError('failed_precondition', 'HTTP 451');
    await eventually('its price', async () => (await priceNow())?.tradeId === 77);
    expect(await priceNow()).toMatchObject({ price: '71.5' });
    expect(await rig.metric('backfill_pages_total')).toBe(0);
  });

  it('keeps its price after a restart where the history of the exchange is a trade behind', async () => {
    const pubsub = createMemoryPubSub();
    createPriceBus(pubsub).publishPrice({ ...hourly, simulated: true });
    const bus = createPriceBus(pubsub);
    const { fake, rig, priceNow } = await startBeside(bus);
    fake.history.set(symbol, [rowOf(76, hourAgo - 3_600_000)]);
    await eventually('the history was read', async () => {
      await priceNow();
      return (await rig.metric('backfill_pages_total')) > 0;
    });
    expect(await priceNow()).toMatchObject({ price: '71.5' });
    expect((await bus.last([symbol])).get(symbol)).toMatchObject({ price: '71.5', tradeId: 77 });
  });

  it('has no real price among simulated ones after a restart with another source', async () => {
    const bus = createPriceBus(createMemoryPubSub());
    bus.publishPrice({ ...hourly, simulated: false });
    const { fake, priceNow } = await startBeside(bus);
    expect(await priceNow()).toBeUndefined();
    fake.history.set(symbol, [rowOf(5, hourAgo - 3_600_000)]);
    await eventually('its own price', async () => (await priceNow())?.tradeId === 5);
    expect((await bus.last([symbol])).get(symbol)).toMatchObject({ price: '60', simulated: true });
  });
});

it('an aggregator that cannot read where the seconds ended says in its metrics that they begin anew', async () => {
  const bus = createPriceBus(createMemoryPubSub());
  const resume = () => Promise.reject(new AppError('unavailable', 'Redis is starting.'));
  const { rig, priceNow } = await startBeside(bus, { ...bus, resume });
  await priceNow();
  await eventually('the count', async () => (await rig.metric('symbols_begun_anew_total')) === 1);
});
