import { systemClock } from '@tickfolio/lib/clock';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, expect, it } from 'vitest';
import { startRig } from './kit/aggregator.js';
import type { ReferenceTrade } from './kit/reference-second-stats.js';
import { type FakeSocket, startFakeSocket, tradePayload } from './kit/socket.js';

// What the aggregator passes on of the exchange besides prices: its time, and why a price does not come.

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});

const start = async (clock = systemClock) => {
  const fake = await startFakeSocket();
  closing.push(() => fake.close());
  const rig = await startRig(fake.port, {}, clock);
  closing.push(() => rig.close());
  const follow = async (symbols: readonly string[]) => {
    await rig.call('PUT', '/subscriptions/bff', { symbols });
    await eventually('the stream of trades', () =>
      streamsOf(fake).some((stream) => stream.symbols.length === symbols.length),
    );
  };
  await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
  return { fake, rig, follow };
};
/** Less than the clocks are off in these tests, and more than any machine takes for them. */
const apartMs = 30_000;
const streamsOf = (fake: FakeSocket) => fake.streams.filter(({ kind }) => kind === 'aggTrade');
const trade = (id: number, timeMs: number, price = '10.00000000'): ReferenceTrade => ({
  id,
  price,
  quantity: '2.00000000',
  timeMs,
});
const thisSecond = () => Math.floor(systemClock.now() / 1000) * 1000;

it.each([60_000, -60_000])(
  'a price is late by the exchange’s clock only, and says what time it is there, with a clock here off by %i ms',
  async (offMs) => {
    const { fake, rig, follow } = await start({ ...systemClock, now: () => systemClock.now() + offMs });
    const t0 = thisSecond();
    fake.history.set('btcusdt', [trade(7, t0 - 1_000)]);
    await follow(['btcusdt']);
    const told = async () =>
      (await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] })).body.exchangeTimeMs;
    expect(await told()).toBeUndefined(); // No frame has told it yet.
    const sentMs = systemClock.now();
    // Two, because a clock that contradicts the very first frame is believed until a second one bears it out.
    fake.trades('btcusdt', trade(8, sentMs), trade(9, sentMs));
    await eventually('the exchange’s time', async () => (await told()) !== undefined);
    const aheadMs = Number(await told()) - systemClock.now();
    expect(Math.abs(aheadMs)).toBeLessThan(apartMs);
    const before = await rig.metric('price_publish_lag_seconds_sum');
    const count = rig.told.length;
    await eventually('its price', () => rig.told.length > count);
    expect((await rig.metric('price_publish_lag_seconds_sum')) - before).toBeLessThan(apartMs / 1_000);
  },
);

it('says of a coin without a price whether it was never traded or cannot be read, until a trade comes', async () => {
  const { fake, rig, follow } = await start();
  const t0 = thisSecond();
  fake.history.set('bnbusdt', [trade(3, t0, '0.000000000000000000012')]);
  await follow(['btcusdt', 'ethusdt', 'bnbusdt']);
  const why = async () => {
    const { feeds } = (await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt', 'bnbusdt'] }))
      .body as {
      feeds: Record<string, { noPrice?: string }>;
    };
    return [feeds.btcusdt?.noPrice, feeds.ethusdt?.noPrice, feeds.bnbusdt?.noPrice].join();
  };
  await eventually('history was asked', async () => (await why()) === 'never-traded,never-traded,unreadable');
  fake.trades('btcusdt', trade(1, t0 + 10));
  for (const stream of streamsOf(fake))
    stream.send({ frames: [{ payload: tradePayload('ethusdt', trade(1, t0, '1e-20')), receiveTimeMs: t0 }] });
  await eventually('the trades', async () => (await why()) === ',unreadable,unreadable');
  fake.trades('ethusdt', trade(2, t0 + 20));
  await eventually('a trade that can be read', async () => (await why()) === ',,unreadable');
});
