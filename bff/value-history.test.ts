import { createManualClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPortfolios } from './portfolios.js';
import { createPriceBoard } from './price-board.js';
import { createUser, openTestPostgres } from './test-bff.js';
import { createValueHistory } from './value-history.js';
import { createValueRecorder } from './value-recorder.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());

const noon = Date.parse('2026-11-21T12:00:00.000Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A recorder on a clock that stands still, with prices that nobody listens to. */
const createRoom = (startMs: number) => {
  const clock = createManualClock(startMs);
  const pubsub = createMemoryPubSub();
  const priceBus = createPriceBus(pubsub);
  const portfolios = createPortfolios(postgres.db);
  const history = createValueHistory(postgres.db);
  const board = createPriceBoard({ clock, staleAfterMs: 60_000, onChange: () => undefined });
  const flow = { on: true };
  const recorder = createValueRecorder({ history, portfolios, board, priceBus, pricesFlow: () => flow.on, clock, log: silentLogger() });
  let tradeId = 0;
  const price = (symbol: string, text: string) => priceBus.setLast({ symbol, price: text, timeMs: clock.now(), tradeId: ++tradeId });
  const hold = async (coins: Record<string, [string, string]>) => {
    const user = createUser(clock);
    const owner = { userId: user.userId, userName: user.name };
    for (const [symbol, [quoteAsset, quantity]] of Object.entries(coins)) {
      const [whole = '', fraction = ''] = quantity.split('.');
      await portfolios.open(owner, { symbol, quoteAsset }, { units: BigInt(whole + fraction), scale: fraction.length });
    }
    return user.userId;
  };
  return { clock, recorder, history, price, hold, flow };
};

it('writes every minute what everybody holds is worth, exactly, without an open socket, and each once', async () => {
  const room = createRoom(noon + 10_000);
  await room.price('btcusdt', '68123.45');
  await room.price('ethbtc', '0.0512345');
  const owner = await room.hold({ btcusdt: ['usdt', '1.5'], ethbtc: ['btc', '0.000000000000000001'] });
  const without = await room.hold({ bnbusdt: ['usdt', '2'] });
  await room.recorder.record();
  await room.recorder.record(); // Another replica's turn.
  expect(await room.history.points(owner, '1h', room.clock.now())).toEqual([{ atMs: noon, value: '102185.175000000000003490270899025' }]);
  // A missing price would look like a loss.
  expect(await room.history.points(without, '1h', room.clock.now())).toEqual([]);
  await room.price('btcusdt', '70000');
  await room.clock.advanceAsync(50_000);
  await expect.poll(() => room.history.points(owner, '1h', room.clock.now())).toHaveLength(2);
  await room.recorder.close();
});

it('leaves minutes out in which no prices arrive', async () => {
  const room = createRoom(noon + 5 * hourMs);
  await room.price('btcusdt', '1');
  const owner = await room.hold({ btcusdt: ['usdt', '1'] });
  room.flow.on = false;
  await room.recorder.record();
  expect(await room.history.points(owner, '1h', room.clock.now())).toEqual([]);
  await room.recorder.close();
});

it('keeps the first price of a day, whatever comes later', async () => {
  const room = createRoom(Date.parse('2026-11-22T00:00:20.000Z'));
  await room.price('btcusdt', '68000.1');
  await room.hold({ btcusdt: ['usdt', '1'] });
  await room.recorder.record();
  await room.price('btcusdt', '1');
  const later = createRoom(room.clock.now() + hourMs);
  await later.price('btcusdt', '1');
  await later.recorder.record();
  expect(await room.history.opens('2026-11-22', ['btcusdt', 'ethusdt'])).toEqual(new Map([['btcusdt', '68000.1']]));
  await room.recorder.close();
  await later.recorder.close();
});

it('thins out with the range, and forgets what is old', async () => {
  const { history, hold, recorder } = createRoom(noon);
  const owner = await hold({ btcusdt: ['usdt', '1'] });
  const start = Date.parse('2026-10-01T00:00:00.000Z');
  for (let hour = 0; hour < 48; hour++) await history.record(start + hour * hourMs, [{ userId: owner, value: `${hour}` }], true);
  for (let minute = 1; minute < 60; minute++)
    await history.record(start + 47 * hourMs + minute * minuteMs, [{ userId: owner, value: '5' }], false);
  const now = start + 48 * hourMs;
  expect(await history.points(owner, '1h', now)).toHaveLength(60);
  expect(await history.points(owner, '24h', now)).toHaveLength(24 + 11);
  expect(await history.points(owner, '7d', now)).toHaveLength(48);
  expect(await history.points(owner, '1y', now)).toHaveLength(4);
  await history.prune(now + 3 * 24 * hourMs);
  expect(await history.points(owner, '1h', now)).toEqual([]);
  expect(await history.points(owner, '30d', now)).toHaveLength(48);
  await history.prune(now + 3 * 365 * 24 * hourMs);
  expect(await history.points(owner, '30d', now)).toEqual([]);
  await recorder.close();
});
