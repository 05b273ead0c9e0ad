import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog, GroupMember, Membership } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createPriceBus, type SecondStat } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type AggregatorRig, startRig } from '../kit/aggregator.js';
import { startFakeSocket } from '../kit/socket.js';
import { shareCount, shareOf, shareTopic } from './shares.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});
/** Ten symbols; each aggregator of two gets some. */
const symbols = ['btc', 'eth', 'sol', 'bnb', 'ada', 'xrp', 'ltc', 'doge', 'link', 'dot'].map((base) => `${base}usdt`);
const thisSecond = () => Math.floor(systemClock.now() / 1000) * 1000;
const tradeAt = (id: number, timeMs: number) => ({ id, price: `${id}.00000000`, quantity: '2.00000000', timeMs });

describe('the share of a symbol', () => {
  it('is the same in every version, and all are used', () => {
    expect(symbols.map(shareOf)).toEqual([15, 20, 9, 17, 10, 4, 12, 17, 0, 22]);
    const used = new Set(Array.from({ length: 1_000 }, (_, i) => shareOf(`coin${i}usdt`)));
    expect(used.size).toBe(shareCount);
  });
});

describe('aggregators that share the symbols', () => {
  const setUp = async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    fake.listed = symbols;
    const t0 = thisSecond() - 20_000;
    for (const symbol of symbols) fake.history.set(symbol, [tradeAt(99, t0 - 1_000)]);
    const pubsub = createMemoryPubSub();
    const published: SecondStat[] = [];
    await createPriceBus(pubsub).subscribe(symbols, { second: (stat) => published.push(stat) });
    const eventLog: EventLog = createMemoryEventLog({
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('log'),
      topics: [{ name: shareTopic, partitions: shareCount }],
    });
    const start = async (): Promise<AggregatorRig> => {
      // A bus of its own, as another process has.
      const rig = await startRig(fake.port, { registry: { lingerMs: 50 } }, systemClock, {
        priceBus: createPriceBus(pubsub),
        sharing: eventLog,
      });
      closing.push(() => rig.close());
      await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
      return rig;
    };
    const tell = async (rig: AggregatorRig, set: readonly string[] = symbols) =>
      (await rig.call('PUT', '/subscriptions/bff', { symbols: set })).body as {
        feeds: Record<string, { state: string }>;
        lastPrices: Record<string, unknown>;
        shares: { owned: number; of: number };
      };
    const live = async (...rigs: readonly AggregatorRig[]) => {
      const answers = await Promise.all(rigs.map((rig) => tell(rig)));
      return answers.map(({ feeds, lastPrices }) =>
        Object.keys(lastPrices).filter((symbol) => feeds[symbol]?.state === 'live'),
      );
    };
    const tradeAll = (id: number, timeMs: number) => {
      for (const symbol of symbols) fake.trades(symbol, tradeAt(id, timeMs));
    };
    return { fake, published, t0, start, tell, live, tradeAll };
  };

  it('publish each symbol from exactly one of them, answer for their own, and hand over without a second twice or none', async () => {
    const { fake, published, t0, start, tell, live, tradeAll } = await setUp();
    const one = await start();
    expect((await one.call('GET', '/ready')).body).toMatchObject({
      dependencies: {
        'symbol-shares': { status: 'down', required: false, reason: 'nobody has said yet which symbols are needed' },
      },
    });
    expect(await one.metric('shares_owned')).toBe(0);
    await tell(one);
    await eventually('one has all', async () => (await live(one))[0]?.length === symbols.length);
    expect((await tell(one)).shares).toEqual({ owned: 24, of: 24 });
    for (let i = 0; i < 5; i++) tradeAll(100 + i, t0 + i * 1_000);
    await eventually('four seconds of each', () => published.length >= 4 * symbols.length);

    const two = await start();
    await eventually('each is live at one of them', async () => {
      const [a = [], b = []] = await live(one, two);
      return a.length > 0 && b.length > 0 && [...a, ...b].sort().join() === [...symbols].sort().join();
    });
    expect([(await tell(one)).shares, (await tell(two)).shares]).toEqual([
      { owned: 12, of: 24 },
      { owned: 12, of: 24 },
    ]);
    for (let i = 5; i < 10; i++) tradeAll(100 + i, t0 + i * 1_000);
    await eventually('what came since', () => published.length >= 9 * symbols.length);
    expect((await two.call('GET', '/ready')).body).toMatchObject({ shares: { owned: 12, of: 24 }, status: 'ready' });
    expect(await two.metric('shares_gained_total')).toBe(12);
    expect(await one.metric('shares_lost_total')).toBe(12);
    expect(await two.metric('symbols_continued_total')).toBeGreaterThan(0);

    await one.close();
    // Missed by everybody's streams, but not by the history.
    for (const symbol of symbols) fake.history.get(symbol)?.push(tradeAt(110, t0 + 10_000));
    await eventually('two has all', async () => (await live(two))[0]?.length === symbols.length);
    for (let i = 11; i < 15; i++) tradeAll(100 + i, t0 + i * 1_000);
    await eventually('the rest', () => published.length >= 14 * symbols.length);
    for (const symbol of symbols) {
      const own = published.filter((stat) => stat.symbol === symbol && stat.second < t0 + 14_000);
      expect(own.map(({ second, revision, complete }) => [second, revision, complete])).toEqual(
        Array.from({ length: 14 }, (_, i) => [t0 + i * 1_000, 0, true]),
      );
    }
  });

  it('keep a hold of /coin each, and follow it where the symbol is theirs', async () => {
    const { fake, start, tell } = await setUp();
    const [one, two] = await Promise.all([start(), start()]);
    for (const rig of [one, two]) await tell(rig, []);
    await eventually(
      'both have shares',
      async () => (await one.metric('shares_owned')) === 12 && (await two.metric('shares_owned')) === 12,
    );
    for (const rig of [one, two]) for (const symbol of symbols) await rig.call('GET', `/coin?symbol=${symbol}&id=u1`);
    await eventually('each symbol is followed once', () => {
      const trades = fake.streams.filter(({ kind }) => kind === 'aggTrade').flatMap((stream) => stream.symbols);
      return [...trades].sort().join() === [...symbols].sort().join();
    });
    await two.close();
    await eventually('one follows all', () => {
      const trades = fake.streams.filter(({ kind }) => kind === 'aggTrade');
      return trades.length === 1 && trades[0]?.symbols.length === symbols.length;
    });
  });

  it('go on where the only one of them ended, and begin anew with what nobody held in between', async () => {
    const { fake, published, t0, start, tell, live, tradeAll } = await setUp();
    const one = await start();
    await eventually('one has all', async () => (await live(one))[0]?.length === symbols.length);
    for (let i = 0; i < 4; i++) tradeAll(100 + i, t0 + i * 1_000);
    await eventually('three seconds of each', () => published.length >= 3 * symbols.length);
    await one.close();
    const two = await start();
    await eventually('two goes on', async () => (await live(two))[0]?.length === symbols.length);
    tradeAll(104, t0 + 4_000);
    await eventually('what was not published is', () => published.length >= 4 * symbols.length);
    expect(await two.metric('symbols_continued_total')).toBe(symbols.length);

    await tell(two, []);
    await eventually('nothing is followed', () => fake.streams.length === 0);
    for (const symbol of symbols) fake.history.get(symbol)?.push(tradeAt(105, t0 + 5_000));
    await eventually('two has all again', async () => (await live(two))[0]?.length === symbols.length);
    const priced = async () => Object.values((await tell(two)).lastPrices) as { tradeId: number }[];
    await eventually('the history was read again', async () =>
      (await priced()).every(({ tradeId }) => tradeId === 105),
    );
    for (let i = 6; i < 9; i++) tradeAll(100 + i, t0 + i * 1_000);
    await eventually(
      'new seconds',
      () => published.filter(({ second }) => second === t0 + 7_000).length === symbols.length,
    );
    expect(await two.metric('symbols_continued_total')).toBe(symbols.length);
    expect(published.filter(({ second }) => second === t0 + 4_000 || second === t0 + 5_000)).toEqual([]);
  });
});

describe('an aggregator that cannot hear the group', () => {
  it('goes on, unless somebody else publishes its symbols: then it says nothing until it hears the group', async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    const pubsub = createMemoryPubSub();
    const published: SecondStat[] = [];
    const other = createPriceBus(pubsub);
    await other.subscribe(['btcusdt'], { second: (stat) => published.push(stat) });
    const state = { problem: 'is cut off' as string | undefined };
    const all = new Set(Array.from({ length: shareCount }, (_, share) => share));
    const sharing = {
      join: (_topic: string, _group: string, member: GroupMember): Membership => {
        queueMicrotask(() => member.assigned(all, new Set()));
        return { partitions: all, certain: true, problem: () => state.problem, close: async () => undefined };
      },
    };
    const rig = await startRig(fake.port, {}, systemClock, { priceBus: createPriceBus(pubsub), sharing });
    closing.push(() => rig.close());
    const t0 = thisSecond() - 20_000;
    fake.history.set('btcusdt', [tradeAt(99, t0 - 1_000)]);
    await eventually('the symbol is followed', async () => {
      const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] });
      return Object.keys((body as { lastPrices: object }).lastPrices).length === 1 && fake.streams.length === 2;
    });
    for (let i = 0; i < 3; i++) fake.trades('btcusdt', tradeAt(100 + i, t0 + i * 1_000));
    await eventually('it publishes', () => published.length === 2);
    const mark = { second: t0 + 2_000, tradeId: 102, tradeTimeMs: t0 + 2_000, revision: 1, final: true };
    other.publish(
      { ...(published[1] as SecondStat), second: t0 + 2_000 },
      { symbol: 'btcusdt', last: mark, later: [], by: 'another' },
    );
    await eventually('it gives way', async () => {
      const { body } = await rig.call('GET', '/ready');
      const word = (body as { dependencies: Record<string, { reason?: string }> }).dependencies['symbol-shares']
        ?.reason;
      return word?.includes('another aggregator publishes our symbols') ?? false;
    });
    const before = published.length;
    fake.trades('btcusdt', tradeAt(103, t0 + 3_000), tradeAt(104, t0 + 4_000));
    await eventually('its seconds wait', async () => (await rig.metric('seconds_withheld_total')) === 2);
    expect(published.length).toBe(before);
    state.problem = undefined;
    await eventually('it goes on', () => published.length > before);
  });
});
