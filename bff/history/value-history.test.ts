import { type Clock, createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, pointsOf } from '../kit/bff.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { createPriceBoard } from '../prices/price-board.js';
import { valueMinutes } from '../schema.js';
import { createKeptPrices } from './kept-prices.js';
import { createValueHistory } from './value-history.js';
import { createValueRecorder, type ValueRecorderDeps } from './value-recorder.js';
import { createValueRounds, type ValueRounds } from './value-rounds.js';

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
  const history = createValueHistory(postgres.db, timeOf(clock));
  const board = createPriceBoard({ clock, staleAfterMs: 60_000 });
  const flow: { kind: 'real' | 'simulated' | undefined } = { kind: 'real' };
  const kept = createKeptPrices(postgres.db);
  const rounds = createValueRounds(postgres.db);
  const deps: ValueRecorderDeps = {
    history,
    rounds,
    portfolios,
    board,
    priceBus,
    kept,
    kind: () => flow.kind,
    clock,
    exchange: { known: true, now: clock.now },
    log: silentLogger(),
  };
  const recorder = createValueRecorder(deps);
  let tradeId = 0;
  const price = (symbol: string, text: string) =>
    priceBus.setLast({ symbol, price: text, timeMs: clock.now(), tradeId: ++tradeId });
  const hold = async (coins: Record<string, [string, string]>) => {
    const user = createUser(clock);
    const owner = { userId: user.userId, userName: user.name };
    for (const [symbol, [quoteAsset, quantity]] of Object.entries(coins)) {
      const [whole = '', fraction = ''] = quantity.split('.');
      await portfolios.open(owner, { symbol, quoteAsset }, { units: BigInt(whole + fraction), scale: fraction.length });
    }
    return user.userId;
  };
  return { clock, recorder, deps, history, price, hold, flow };
};

it('writes every minute what everybody holds is worth, exactly, without an open socket, and each once', async () => {
  const room = createRoom(noon + 10_000);
  await room.price('btcusdt', '68123.45');
  await room.price('ethbtc', '0.0512345');
  const owner = await room.hold({ btcusdt: ['usdt', '1.5'], ethbtc: ['btc', '0.000000000000000001'] });
  const without = await room.hold({ bnbusdt: ['usdt', '2'] });
  await room.recorder.record();
  await room.recorder.record(); // Another replica's turn.
  expect(await pointsOf(room.history, 'real', owner, '1h', room.clock.now())).toEqual([
    { atMs: noon, value: '102185.175000000000003490270899025' },
  ]);
  // A missing price would look like a loss.
  expect(await pointsOf(room.history, 'real', without, '1h', room.clock.now())).toEqual([]);
  await room.price('btcusdt', '70000');
  await room.clock.advanceAsync(50_000);
  await expect.poll(() => pointsOf(room.history, 'real', owner, '1h', room.clock.now())).toHaveLength(2);
  await room.recorder.close();
});

it('leaves minutes out in which no prices arrive', async () => {
  const room = createRoom(noon + 5 * hourMs);
  await room.price('btcusdt', '1');
  const owner = await room.hold({ btcusdt: ['usdt', '1'] });
  room.flow.kind = undefined;
  await room.recorder.record();
  expect(await pointsOf(room.history, 'real', owner, '1h', room.clock.now())).toEqual([]);
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
    expect(await pointsOf(room.history, kind, owner, '24h', now)).toEqual([{ atMs: now - 20_000, value }]);
    expect(await room.history.opens(kind, '2026-12-01', ['btcusdt'])).toEqual(
      new Map([['btcusdt', { price: value, atMs: now }]]),
    );
  }
  await room.recorder.close();
});

/** Who records what, without a database but for the rounds. */
const createReplica = (
  clock: Clock,
  recorded: string[],
  how: Partial<ValueRecorderDeps['history']> = {},
  rounds = createValueRounds(postgres.db),
) =>
  createValueRecorder({
    history: {
      now: async () => clock.now(),
      holders: async (after) => (after === '' ? ['anna'] : []),
      putOpens: async () => undefined,
      record: async (_kind, atMs, _values, alsoHour) => {
        recorded.push(`${new Date(atMs).toISOString().slice(11, 16)}${alsoHour ? ' and its hour' : ''}`);
      },
      ...how,
    },
    rounds,
    portfolios: { readMany: async () => new Map() },
    board: createPriceBoard({ clock, staleAfterMs: 60_000 }),
    priceBus: { last: async () => new Map(), check: async () => undefined },
    kept: { read: async () => [], write: async () => undefined },
    kind: () => 'real',
    clock,
    exchange: { known: true, now: clock.now },
    log: silentLogger(),
  });

describe('of a replica whose clock is wrong', () => {
  /** The recorder of a room, its clock so much ahead of the database's. */
  const createOff = (room: ReturnType<typeof createRoom>, aheadMs: number) =>
    createValueRecorder({ ...room.deps, clock: { ...room.clock, now: () => room.clock.now() + aheadMs } });

  it.each([
    ['ahead', hourMs],
    ['behind', -hourMs],
  ])(
    'has every value at its own minute where it is an hour %s, and none of another time when that minute comes',
    async (how, offMs) => {
      const startMs = Date.parse(how === 'ahead' ? '2027-07-01T10:00:10.000Z' : '2027-07-02T10:00:10.000Z');
      const room = createRoom(startMs);
      await room.recorder.close();
      const off = createOff(room, offMs);
      const owner = await room.hold({ btcusdt: ['usdt', '1'] });
      await room.price('btcusdt', '5');
      await off.record();
      room.clock.advance(hourMs);
      await off.close();
      await room.price('btcusdt', '7');
      await createValueRecorder(room.deps).record();
      const minute = startMs - 10_000;
      expect(await pointsOf(room.history, 'real', owner, '24h', room.clock.now())).toEqual([
        { atMs: minute, value: '5' },
        { atMs: minute + hourMs, value: '7' },
      ]);
    },
  );

  it('begins no day before it is there', async () => {
    const room = createRoom(Date.parse('2027-07-03T23:30:00.000Z'));
    await room.recorder.close();
    await room.hold({ btcusdt: ['usdt', '1'] });
    await room.price('btcusdt', '5');
    const off = createOff(room, hourMs);
    await off.record();
    await off.close();
    expect(await room.history.opens('real', '2027-07-04', ['btcusdt'])).toEqual(new Map());
    expect((await room.history.opens('real', '2027-07-03', ['btcusdt'])).get('btcusdt')?.price).toBe('5');
  });

  it('has a value of every minute where it is a second and a bit ahead', async () => {
    const minutes: string[] = [];
    const clock = createManualClock(Date.parse('2027-07-05T10:00:30.000Z'));
    const rounds: ValueRounds = {
      take: async (_kind, minute) => {
        minutes.push(new Date(minute).toISOString().slice(11, 16));
        return undefined;
      },
    };
    const replica = createReplica(
      { ...clock, now: () => clock.now() + 1_001 },
      [],
      { now: async () => clock.now() },
      rounds,
    );
    for (let second = 0; second < 240; second++) await clock.advanceAsync(1_000);
    expect(minutes).toEqual(['10:00', '10:01', '10:02', '10:03', '10:04']);
    await replica.close();
  });
});

describe('of several replicas', () => {
  it('one records a minute, and one of the minutes of an hour is its first', async () => {
    const recorded: string[] = [];
    const clock = createManualClock(Date.parse('2027-06-01T10:57:30.000Z'));
    const replicas = [1, 2, 3].map(() => createReplica(clock, recorded));
    for (let minute = 1; minute <= 5; minute++) {
      await clock.advanceAsync(minuteMs);
      await expect.poll(() => [recorded.length, clock.pending]).toEqual([minute, 3]); // All wait for the next one.
    }
    expect(recorded).toEqual(['10:58 and its hour', '10:59', '11:00 and its hour', '11:01', '11:02']);
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  it('another goes on with the next minute when one breaks off, and with the hour that it left undone', async () => {
    const recorded: string[] = [];
    const clock = createManualClock(Date.parse('2027-06-02T10:00:30.000Z'));
    const broken = createReplica(clock, recorded, {
      record: () => Promise.reject(new Error('The database cannot be reached.')),
    });
    await expect(broken.record()).rejects.toThrow('cannot be reached');
    await broken.close();
    clock.advance(minuteMs);
    const other = createReplica(clock, recorded);
    await other.record();
    expect(recorded).toEqual(['10:01 and its hour']);
    await other.close();
  });

  it('none keeps the process from ending while the database hangs', async () => {
    const clock = createManualClock(Date.parse('2027-06-03T10:00:30.000Z'));
    const replica = createReplica(clock, [], { holders: () => new Promise(() => undefined) });
    void replica.record();
    await clock.advanceAsync(minuteMs);
    let closed = false;
    void replica.close().then(() => {
      closed = true;
    });
    await clock.advanceAsync(2_000);
    expect(closed).toBe(true);
  });
});

it('has a value of every minute, also where a timer fires a moment before its minute begins', async () => {
  const minutes: string[] = [];
  const time = createManualClock(Date.parse('2027-06-04T10:00:30.000Z'));
  // As Node's timers do now and then.
  const clock = { ...time, after: (delayMs: number, run: () => void) => time.after(Math.max(0, delayMs - 1), run) };
  const rounds: ValueRounds = {
    take: async (_kind, minute) => {
      minutes.push(new Date(minute).toISOString().slice(11, 16));
      time.advance(2_000); // A round takes a while.
      return { isFirstOfHour: false, finish: async () => undefined, release: async () => undefined };
    },
  };
  const recorder = createReplica(clock, [], { holders: async () => [] }, rounds);
  for (let second = 0; second < 240; second++) await time.advanceAsync(1_000);
  expect(minutes.slice(0, 4)).toEqual(['10:01', '10:02', '10:03', '10:04']);
  await recorder.close();
});

describe('of a replica that cannot do its part', () => {
  it('leaves the minute to one that can, where it cannot read prices or fails', async () => {
    for (const broken of ['last', 'check'] as const) {
      const room = createRoom(Date.parse(broken === 'last' ? '2027-05-02T10:00:10.000Z' : '2027-05-02T11:00:10.000Z'));
      await room.price('btcusdt', '5');
      const owner = await room.hold({ btcusdt: ['usdt', '1'] });
      const cut = createValueRecorder({
        ...room.deps,
        priceBus: {
          last:
            broken === 'last'
              ? () => Promise.reject(new AppError('unavailable', 'Redis did not answer.'))
              : async () => new Map(),
          check: async () => (broken === 'check' ? 'cannot be reached' : undefined),
        },
      });
      await expect(cut.record()).rejects.toThrow();
      await room.recorder.record();
      expect(await pointsOf(room.history, 'real', owner, '1h', room.clock.now())).toHaveLength(1);
      await Promise.all([cut.close(), room.recorder.close()]);
    }
  });

  it('has the value of an hour also of who had no price in its first minute', async () => {
    const room = createRoom(Date.parse('2027-05-01T10:00:10.000Z'));
    await room.recorder.close();
    // Its rounds are the test's.
    const recorder = createValueRecorder({
      ...room.deps,
      clock: { ...room.clock, after: () => ({ cancel: () => undefined }) },
    });
    const [early, late] = [await room.hold({ btcusdt: ['usdt', '1'] }), await room.hold({ ethusdt: ['usdt', '1'] })];
    await room.price('btcusdt', '5');
    await recorder.record();
    room.clock.advance(minuteMs);
    await room.price('ethusdt', '7');
    for (let minute = 1; minute < 5; minute++) {
      await recorder.record();
      room.clock.advance(minuteMs);
    }
    await postgres.db.delete(valueMinutes);
    const later = room.clock.now() + 3 * 24 * hourMs;
    expect(await pointsOf(room.history, 'real', early, '7d', later)).toHaveLength(1);
    expect(await pointsOf(room.history, 'real', late, '7d', later)).toEqual([
      { atMs: Date.parse('2027-05-01T10:01:00.000Z'), value: '7' },
    ]);
  });
});

it('says of an hour that was recorded from its middle on what it was worth then, and when that was', async () => {
  const room = createRoom(Date.parse('2026-08-01T13:37:10.000Z'));
  await room.price('btcusdt', '5');
  const owner = await room.hold({ btcusdt: ['usdt', '1'] });
  await room.recorder.record();
  await postgres.db.delete(valueMinutes);
  const later = room.clock.now() + 10 * 24 * hourMs;
  expect(await pointsOf(room.history, 'real', owner, '30d', later)).toEqual([
    { atMs: Date.parse('2026-08-01T13:37:00.000Z'), value: '5' },
  ]);
  await room.recorder.close();
});
