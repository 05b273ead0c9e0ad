import { createManualClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeptPrices } from './kept-prices.js';
import { createPortfolios } from './portfolios.js';
import { createPriceBoard } from './price-board.js';
import { portfolioHours, portfolioValues } from './schema.js';
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
  const flow: { kind: 'real' | 'simulated' | undefined } = { kind: 'real' };
  const kept = createKeptPrices(postgres.db);
  const recorder = createValueRecorder({ history, portfolios, board, priceBus, kept, kind: () => flow.kind, clock, log: silentLogger() });
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
  expect(await room.history.points('real', owner, '1h', room.clock.now())).toEqual([
    { atMs: noon, value: '102185.175000000000003490270899025' },
  ]);
  // A missing price would look like a loss.
  expect(await room.history.points('real', without, '1h', room.clock.now())).toEqual([]);
  await room.price('btcusdt', '70000');
  await room.clock.advanceAsync(50_000);
  await expect.poll(() => room.history.points('real', owner, '1h', room.clock.now())).toHaveLength(2);
  await room.recorder.close();
});

it('leaves minutes out in which no prices arrive', async () => {
  const room = createRoom(noon + 5 * hourMs);
  await room.price('btcusdt', '1');
  const owner = await room.hold({ btcusdt: ['usdt', '1'] });
  room.flow.kind = undefined;
  await room.recorder.record();
  expect(await room.history.points('real', owner, '1h', room.clock.now())).toEqual([]);
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
  expect(await room.history.opens('real', '2026-11-22', ['btcusdt', 'ethusdt'])).toEqual(
    new Map([['btcusdt', { price: '68000.1', atMs: Date.parse('2026-11-22T00:00:20.000Z') }]]),
  );
  await room.recorder.close();
  await later.recorder.close();
});

it('never mixes real and simulated prices on one database', async () => {
  const room = createRoom(Date.parse('2026-12-01T10:00:20.000Z'));
  await room.price('btcusdt', '70000');
  const owner = await room.hold({ btcusdt: ['usdt', '1'] });
  room.flow.kind = 'simulated';
  await room.recorder.record();
  await room.price('btcusdt', '90000');
  room.flow.kind = 'real';
  await room.recorder.record();
  const now = room.clock.now();
  for (const [kind, value] of [
    ['simulated', '70000'],
    ['real', '90000'],
  ] as const) {
    expect(await room.history.points(kind, owner, '24h', now)).toEqual([{ atMs: now - 20_000, value }]);
    expect(await room.history.opens(kind, '2026-12-01', ['btcusdt'])).toEqual(new Map([['btcusdt', { price: value, atMs: now }]]));
  }
  await room.recorder.close();
});

it('thins out with the range, and forgets what is old', async () => {
  const { history, hold, recorder } = createRoom(noon);
  const owner = await hold({ btcusdt: ['usdt', '1'] });
  const start = Date.parse('2026-10-01T00:00:00.000Z');
  const rows = (count: number, stepMs: number, from = 0) =>
    Array.from({ length: count - from }, (_, at) => ({
      userId: owner,
      at: new Date(start + (from + at) * stepMs),
      value: `${at}`,
      simulated: false,
    }));
  await postgres.db.insert(portfolioValues).values(rows(1_440, minuteMs).map(({ at, ...row }) => ({ ...row, minute: at })));
  await postgres.db.insert(portfolioHours).values(rows(24, hourMs).map(({ at, ...row }) => ({ ...row, hour: at })));
  const now = start + 24 * hourMs;
  expect(await history.points('real', owner, '1h', now)).toHaveLength(60);
  expect(await history.points('real', owner, '24h', now)).toHaveLength(1_440 / 5);
  expect(await history.points('real', owner, '30d', now)).toHaveLength(1_440 / 5); // Young: minutes tell more than 24 hours.
  await postgres.db.insert(portfolioHours).values(rows(60 * 24, hourMs, 24).map(({ at, ...row }) => ({ ...row, hour: at })));
  expect(await history.points('real', owner, '7d', start + 60 * 24 * hourMs)).toHaveLength(7 * 24);
  expect(await history.points('real', owner, '1y', start + 60 * 24 * hourMs)).toHaveLength((60 * 24) / 6);
  await history.prune(start + 62 * 24 * hourMs);
  expect(await history.points('real', owner, '1h', now)).toEqual([]);
  expect(await history.points('real', owner, '7d', start + 60 * 24 * hourMs)).toHaveLength(7 * 24);
  await history.prune(start + 3 * 365 * 24 * hourMs);
  expect(await history.points('real', owner, '7d', start + 60 * 24 * hourMs)).toEqual([]);
  await recorder.close();
});
