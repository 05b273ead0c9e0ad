import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { parseDecimal } from '@tickfolio/lib/money';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeptPrices } from '../history/kept-prices.js';
import { createValueHistory } from '../history/value-history.js';
import { createValueRecorder } from '../history/value-recorder.js';
import { createValueRounds } from '../history/value-rounds.js';
import { createUser, openTestPostgres, pointsOf } from '../kit/bff.js';
import type { Kind } from '../market/portfolio-value.js';
import type { Standing } from '../market/price-state.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { createPriceBoard } from '../prices/price-board.js';
import { createPriceFeed } from '../prices/price-feed.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());

const minuteMs = 60_000;
const start = Date.parse('2027-03-01T12:00:00.000Z');
let day = 0;

/**
 * A BFF's recorder just after its start: an empty bus and board, on the database that stays. Every room of a test has a
 * day of its own.
 */
const createRoom = (atMs = start + day++ * 86_400_000, kind: Kind = 'real') => {
  const clock = createManualClock(atMs);
  const priceBus = createPriceBus(createMemoryPubSub());
  const portfolios = createPortfolios(postgres.db);
  const history = createValueHistory(postgres.db, timeOf(clock));
  const kept = createKeptPrices(postgres.db);
  const standings = new Map<string, Standing>();
  const board = createPriceBoard({ clock, staleAfterMs: minuteMs, standing: (symbol) => standings.get(symbol) });
  board.setSimulated(kind === 'simulated');
  const flow: { kind: Kind | undefined } = { kind };
  // Its rounds are the test's.
  const rounds = { ...clock, after: () => ({ cancel: () => undefined }) };
  const values = createValueRounds(postgres.db);
  const pricing = { board, priceBus, kept, exchange: { known: true, now: clock.now }, kind: () => flow.kind };
  const deps = { history, rounds: values, portfolios, ...pricing, clock: rounds, log: silentLogger() };
  const recorder = createValueRecorder(deps);
  const price = (symbol: string, text: string, tradeId = clock.now()) => {
    priceBus.setLast({ symbol, price: text, timeMs: clock.now(), tradeId, simulated: kind === 'simulated' });
    return priceBus.settled();
  };
  const hold = async (...coins: readonly (readonly [symbol: string, quoteAsset: string, quantity: string])[]) => {
    const user = createUser(clock);
    for (const [symbol, quoteAsset, quantity] of coins)
      await portfolios.open(
        { userId: user.userId, userName: user.name },
        { symbol, quoteAsset },
        parseDecimal(quantity),
      );
    return user.userId;
  };
  const delist = (symbol: string) => {
    standings.set(symbol, 'gone');
    board.setFeeds(new Map([[symbol, { state: 'unknown' }]]), false);
  };
  const points = (userId: string) => pointsOf(history, flow.kind ?? kind, userId, '1h', clock.now());
  /** Records the minute that runs, and goes on to the next. */
  const record = async () => {
    await recorder.record();
    clock.advance(minuteMs);
  };
  return { clock, board, kept, record, recorder, price, hold, delist, points, flow, priceBus };
};

describe('the value over time', () => {
  it('goes on when the exchange delists a coin, also after a restart, at its last price and with a mark', async () => {
    const before = createRoom();
    const owner = await before.hold(['btcusdt', 'usdt', '1'], ['oldusdt', 'usdt', '2']);
    await before.price('btcusdt', '100');
    await before.price('oldusdt', '7.10');
    await before.record();
    before.delist('oldusdt');
    await before.price('btcusdt', '101');
    await before.record();
    await before.recorder.close();

    const after = createRoom(before.clock.now());
    after.delist('oldusdt');
    await after.price('btcusdt', '102');
    await after.record();
    expect((await after.points(owner)).map(({ atMs: _, ...point }) => point)).toEqual([
      { value: '114.2' },
      { value: '115.2', old: ['oldusdt'] },
      { value: '116.2', old: ['oldusdt'] },
    ]);
    await after.recorder.close();
  });

  it('is recorded without a coin that has no price at all, and says so', async () => {
    const room = createRoom();
    const owner = await room.hold(['btcusdt', 'usdt', '1'], ['newusdt', 'usdt', '5'], ['soonusdt', 'usdt', '5']);
    const nothing = await room.hold(['newusdt', 'usdt', '5']);
    await room.price('btcusdt', '100');
    await room.record();
    await room.price('newusdt', '3');
    await room.record();
    expect(await room.points(owner)).toEqual([
      { atMs: expect.any(Number), value: '100', missing: ['newusdt', 'soonusdt'] },
      { atMs: expect.any(Number), value: '115', missing: ['soonusdt'] },
    ]);
    expect(await room.points(nothing)).toMatchObject([{ value: '15' }]); // No minute without any price.
    await room.recorder.close();
  });

  it('keeps a coin whose conversion is delisted at the last price of that', async () => {
    const before = createRoom();
    const owner = await before.hold(['btcusdt', 'usdt', '1'], ['ethtusd', 'tusd', '2']);
    for (const [symbol, text] of [
      ['btcusdt', '100'],
      ['ethtusd', '10'],
      ['tusdusdt', '0.5'],
    ] as const)
      await before.price(symbol, text);
    await before.record();
    await before.recorder.close();
    const after = createRoom(before.clock.now());
    after.delist('tusdusdt');
    await after.price('btcusdt', '100');
    await after.price('ethtusd', '20');
    await after.record();
    expect((await after.points(owner)).map(({ value, old }) => [value, old])).toEqual([
      ['110', undefined],
      ['120', ['ethtusd']],
    ]);
    await after.recorder.close();
  });

  it('does not call a coin old that nobody happens to trade', async () => {
    const room = createRoom();
    const owner = await room.hold(['btcusdt', 'usdt', '1']);
    await room.price('btcusdt', '100');
    for (let minute = 0; minute < 5; minute++) await room.record();
    expect((await room.points(owner)).map(({ value, old }) => [value, old])).toEqual(
      Array.from({ length: 5 }, () => ['100', undefined]),
    );
    await room.recorder.close();
  });

  it('has no point of a minute in which the aggregator is away', async () => {
    const room = createRoom();
    const owner = await room.hold(['btcusdt', 'usdt', '1']);
    await room.price('btcusdt', '100');
    room.flow.kind = undefined;
    await room.record();
    expect(await room.points(owner)).toEqual([]);
    await room.recorder.close();
  });
});

describe('a last price', () => {
  const keptOf = async (room: ReturnType<typeof createRoom>, kind: Kind, symbol: string) =>
    (await room.kept.read(kind, [symbol]))[0];

  it('is kept exactly, once a minute, and only goes forward, whichever replica writes', async () => {
    const room = createRoom();
    await room.hold(['axsusdt', 'usdt', '1']);
    await room.price('axsusdt', '0.000000120', 50);
    await room.record();
    expect(await keptOf(room, 'real', 'axsusdt')).toMatchObject({ price: '0.00000012', tradeId: 50, simulated: false });
    const late = { symbol: 'axsusdt', price: '9', timeMs: room.clock.now(), receivedAtMs: room.clock.now() };
    await room.kept.write('real', [{ ...late, timeMs: late.timeMs - 3 * minuteMs, tradeId: 49 }]);
    expect(await keptOf(room, 'real', 'axsusdt')).toMatchObject({ tradeId: 50 });
    await room.kept.write('real', [{ ...late, tradeId: 3 }]); // The exchange counts anew.
    expect(await keptOf(room, 'real', 'axsusdt')).toMatchObject({ price: '9', tradeId: 3 });
    await room.recorder.close();
  });

  it('that is simulated never stands for a real one, in the database or on the bus', async () => {
    const simulated = createRoom(undefined, 'simulated');
    const owner = await simulated.hold(['btcusdt', 'usdt', '1'], ['ghostusdt', 'usdt', '1']);
    await simulated.price('btcusdt', '1');
    await simulated.price('ghostusdt', '1000');
    await simulated.record();
    await simulated.recorder.close();

    const real = createRoom(simulated.clock.now());
    await real.price('btcusdt', '100');
    await real.priceBus.setLast({
      symbol: 'ghostusdt',
      price: '1000',
      timeMs: real.clock.now(),
      tradeId: 1,
      simulated: true,
    });
    await real.record();
    expect(await real.points(owner)).toMatchObject([{ value: '100', missing: ['ghostusdt'] }]);
    expect([await keptOf(real, 'real', 'ghostusdt'), (await keptOf(real, 'simulated', 'ghostusdt'))?.price]).toEqual([
      undefined,
      '1000',
    ]);
    await real.recorder.close();
  });

  it('of before is shown to who connects after a restart, as old as it is, once it is known of which kind it has to be', async () => {
    const before = createRoom();
    await before.hold(['omgusdt', 'usdt', '2']);
    await before.price('omgusdt', '0.25');
    await before.record();
    await before.recorder.close();

    const { clock, board, priceBus, kept } = createRoom(before.clock.now());
    const kind: { now: Kind | undefined } = { now: undefined };
    const read = (symbols: readonly string[]) => kind.now && kept.read(kind.now, symbols);
    const feed = createPriceFeed({ priceBus, board, kept: read, clock, log: silentLogger() });
    const ready = feed.follow(board.listing('omgusdt', 'usdt'));
    await clock.advanceAsync(1_000); // Nobody waits for longer.
    await ready;
    expect(board.last('omgusdt')).toBeUndefined();
    kind.now = 'real';
    feed.reread();
    await until(() => board.last('omgusdt') !== undefined);
    expect(board.listing('omgusdt', 'usdt')).toMatchObject({ state: 'old', beforeTotal: '"Price":"0.25","Total":"' });
    await feed.close();
  });

  it('is asked for again while the database is away, and prices that arrive go on meanwhile', async () => {
    const { clock, board, priceBus } = createRoom();
    let asked = 0;
    const read = async () => {
      asked += 1;
      throw new Error('The database cannot be reached.');
    };
    const feed = createPriceFeed({ priceBus, board, kept: read, clock, log: silentLogger() });
    feed.follow(board.listing('btcusdt', 'usdt'));
    await clock.advanceAsync(3_500);
    expect(asked).toBeGreaterThanOrEqual(3);
    feed.follow(board.listing('ethusdt', 'usdt'));
    await clock.advanceAsync(100);
    priceBus.publishPrice({ symbol: 'btcusdt', price: '5', timeMs: clock.now(), tradeId: 1 });
    await clock.advanceAsync(100);
    expect(board.last('btcusdt')?.price).toBe('5');
    await feed.close();
  });
});

it('an older build goes on writing and reading values beside this one', async () => {
  const room = createRoom();
  const owner = await room.hold(['btcusdt', 'usdt', '1']);
  const at = new Date(room.clock.now()).toISOString();
  await postgres.db.execute(
    sql`insert into portfolio_values (user_id, minute, value, simulated) values (${owner}, ${at}::timestamptz, 5, false) on conflict do nothing`,
  );
  await postgres.db.execute(
    sql`insert into portfolio_hours (user_id, hour, value, simulated) values (${owner}, ${at}::timestamptz, 5, false)`,
  );
  expect(await room.points(owner)).toEqual([{ atMs: room.clock.now(), value: '5' }]);
  await room.recorder.close();
});
