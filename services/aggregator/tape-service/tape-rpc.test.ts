import { type FollowRequest, type TapePart, TapeServiceClient } from '@tickfolio/gen/market/v1/tape';
import { systemClock } from '@tickfolio/lib/clock';
import { type AppError, toAppError } from '@tickfolio/lib/errors';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { callUnary, createGrpcClient, readStream } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import type { AggregatorDeps, AggregatorOptions } from '../app.js';
import { type AggregatorRig, startRig } from '../kit/aggregator.js';
import { idsOf } from '../kit/follow.js';
import { type FakeSocket, startFakeSocket } from '../kit/socket.js';
import { shareCount, shareTopic } from '../publishing/shares.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});

const loopback = { host: '127.0.0.1', port: 0 };
const beganMs = systemClock.now() - 60_000;
const trade = (id: number, ms = id * 5) => ({
  id,
  price: '10.00000000',
  quantity: '2.00000000',
  timeMs: beganMs + ms,
});
const trades = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => trade(from + i));

interface Stream {
  readonly parts: TapePart[];
  readonly ended: Promise<AppError | undefined>;
  leave(): void;
}

const follow = (client: TapeServiceClient, request: Partial<FollowRequest>): Stream => {
  const controller = new AbortController();
  const parts: TapePart[] = [];
  const read = async () => {
    const call = client.follow({ symbol: 'btcusdt', venue: '', afterTradeId: undefined, ...request });
    try {
      for await (const part of readStream(call, controller.signal)) parts.push(part);
      return undefined;
    } catch (thrown) {
      return toAppError(thrown);
    }
  };
  const ended = read();
  closing.push(() => controller.abort());
  return { parts, ended, leave: () => controller.abort() };
};
const prove = (client: TapeServiceClient, throughMs: number, symbol = 'btcusdt') =>
  callUnary(client, client.prove, { symbol, throughMs, venue: '' }, { deadlineMs: 10_000 });

const startAt = async (
  fake: FakeSocket,
  options: Partial<AggregatorOptions> = {},
  deps: Partial<AggregatorDeps> = {},
) => {
  const rig = await startRig(fake.port, { grpcAddress: loopback, ...options }, systemClock, deps);
  closing.push(() => rig.close());
  await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
  const client = createGrpcClient(TapeServiceClient, `127.0.0.1:${rig.app.grpcPort}`);
  closing.push(() => client.close());
  return { rig, client };
};
const start = async (options: Partial<AggregatorOptions> = {}) => {
  const fake = await startFakeSocket();
  closing.push(() => fake.close());
  return { fake, ...(await startAt(fake, options)) };
};
const hears = (fake: FakeSocket, symbol: string) =>
  eventually('the symbol is asked for', () =>
    fake.streams.some((stream) => stream.kind === 'aggTrade' && stream.symbols.includes(symbol)),
  );
const has = (stream: Stream, lastId: number) =>
  eventually(`trade ${lastId}`, () => idsOf(stream.parts).at(-1) === lastId, 20_000);

describe('Follow', () => {
  it('asks for a symbol that nobody holds, tells its newest trade and all that come, until the reader leaves', async () => {
    const { fake, rig, client } = await start({
      registry: { lingerMs: 20 },
      tapeService: { lingerMs: 20, heartbeatMs: 50 },
    });
    fake.history.set('btcusdt', [trade(6), trade(7)]);
    const stream = follow(client, { symbol: 'BTCUSDT' });
    await has(stream, 7);
    await hears(fake, 'btcusdt');
    fake.trades('btcusdt', trade(8), trade(9, 2_000));
    await has(stream, 9);
    expect(idsOf(stream.parts)).toEqual([7, 8, 9]);
    expect(stream.parts[0]).toMatchObject({ heartbeatMs: 50, simulated: true, trades: [] });
    await eventually('a watermark', () => (stream.parts.at(-1)?.watermarkMs ?? 0) > beganMs);
    expect(await rig.metric('tape_streams')).toBe(1);
    expect(await rig.metric('tape_trades_kept')).toBe(3);
    stream.leave();
    await eventually('nobody asks any more', async () => (await rig.metric('symbols')) === 0);
    expect([await rig.metric('tape_symbols'), await rig.metric('tape_trades_kept')]).toEqual([0, 0]);
  });

  it('goes on after an id with what the history has', async () => {
    const { fake, client } = await start();
    fake.history.set('btcusdt', trades(1, 1_500));
    const stream = follow(client, { afterTradeId: 3 });
    await has(stream, 1_500);
    expect(idsOf(stream.parts)).toEqual(trades(4, 1_500).map(({ id }) => id));
  });

  it('refuses what is no symbol, what is not listed, another venue, and one stream too many, each in its own words', async () => {
    const { fake, client } = await start({ tapeService: { maxStreams: 1 } });
    fake.history.set('btcusdt', [trade(1)]);
    const refused = (request: Partial<FollowRequest>) => follow(client, request).ended;
    expect(await refused({ symbol: 'no such' })).toMatchObject({
      code: 'invalid_argument',
      fields: [{ field: 'symbol' }],
    });
    expect(await refused({ venue: 'kraken' })).toMatchObject({
      code: 'invalid_argument',
      fields: [{ field: 'venue' }],
    });
    expect(await refused({ afterTradeId: -1 })).toMatchObject({ code: 'invalid_argument' });
    expect(await refused({ symbol: 'nosuchusdt' })).toMatchObject({
      code: 'not_found',
      fields: [{ field: 'symbol', reason: 'unknown-symbol' }],
    });
    const first = follow(client, {});
    await has(first, 1);
    expect(await refused({ symbol: 'ethusdt' })).toMatchObject({ code: 'resource_exhausted', retryAfterMs: 1_000 });
  });

  it('ends a reader that does not read, and gives it everything after its last id when it comes again', async () => {
    const { fake, rig, client } = await start({
      tapeService: { stuckMs: 300, maxKeptTrades: 1_000, maxPartTrades: 20, pageSpacingMs: 10 },
    });
    fake.history.set('btcusdt', [trade(1)]);
    const call = client.follow({ symbol: 'btcusdt', venue: '', afterTradeId: 0 });
    const unread = readStream<TapePart>(call);
    closing.push(() => call.cancel());
    // Who has read nothing at all takes everything in: a connection is held back only where somebody began to read.
    const got: TapePart[] = [];
    while (idsOf(got).at(-1) !== 1) got.push((await unread.next()).value as TapePart);
    await hears(fake, 'btcusdt');
    for (let from = 2; from <= 8_002; from += 1_000) fake.trades('btcusdt', ...trades(from, from + 999));
    await eventually('it was too slow', async () => (await rig.metric('tape_readers_slow_total')) === 1, 20_000);
    const failed = await (async () => {
      for await (const part of unread) got.push(part);
      return undefined;
    })().catch(toAppError);
    expect(failed).toMatchObject({ code: 'resource_exhausted' });
    const ids = idsOf(got);
    // On a busy machine this one may be too slow now and then too.
    while (ids.at(-1) !== 9_001) {
      const again = follow(client, { afterTradeId: ids.at(-1) ?? 0 });
      await eventually(
        'the rest, or its end',
        async () => {
          const isOver = await Promise.race([again.ended.then(() => true), Promise.resolve(false)]);
          return isOver || idsOf(again.parts).at(-1) === 9_001;
        },
        20_000,
      );
      again.leave();
      await again.ended;
      ids.push(...idsOf(again.parts));
    }
    expect(ids).toEqual(trades(1, 9_001).map(({ id }) => id));
    expect(await rig.metric('tape_trades_kept')).toBe(1_000);
  }, 60_000);

  it('ends with UNAVAILABLE where the prices become another kind, and where the service closes', async () => {
    const { fake, rig, client } = await start({ symbolList: { refreshMs: 20 } });
    fake.history.set('btcusdt', [trade(1)]);
    const real = follow(client, {});
    await has(real, 1);
    fake.simulated = false;
    fake.listed = [...fake.listed, 'newusdt'];
    expect(await real.ended).toMatchObject({ code: 'unavailable', retryAfterMs: 0 });
    const last = follow(client, {});
    await has(last, 1);
    expect(last.parts[0]).toMatchObject({ simulated: false });
    void rig.app.close();
    expect(await last.ended).toMatchObject({ code: 'unavailable' });
  });

  it('ends where the symbol is not listed any more', async () => {
    const { fake, client } = await start({ symbolList: { refreshMs: 20 } });
    fake.history.set('btcusdt', [trade(1)]);
    const stream = follow(client, {});
    await has(stream, 1);
    fake.listed = ['ethusdt'];
    expect(await stream.ended).toMatchObject({ code: 'not_found', fields: [{ reason: 'unknown-symbol' }] });
  });

  it('of a symbol that another aggregator has is refused `elsewhere`, and a reader goes on there without a loss', async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    const symbols = ['btc', 'eth', 'sol', 'bnb', 'ada', 'xrp', 'ltc', 'doge', 'link', 'dot'].map((one) => `${one}usdt`);
    fake.listed = symbols;
    for (const symbol of symbols) fake.history.set(symbol, [trade(1)]);
    const sharing = createMemoryEventLog({
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('log'),
      topics: [{ name: shareTopic, partitions: shareCount }],
    });
    const begin = async () => {
      const one = await startAt(fake, {}, { sharing });
      await one.rig.call('PUT', '/subscriptions/bff', { symbols: [] });
      return one;
    };
    const ownsAll = async ({ rig }: { readonly rig: AggregatorRig }, owned: number) =>
      eventually(`${owned} shares`, async () => (await rig.metric('shares_owned')) === owned, 10_000);
    const one = await begin();
    await ownsAll(one, shareCount);
    const here = symbols.map((symbol) => follow(one.client, { symbol }));
    for (const stream of here) await has(stream, 1);
    const two = await begin();
    await ownsAll(two, shareCount / 2);
    await ownsAll(one, shareCount / 2);
    let lastId = 1;
    const ticking = setInterval(() => {
      lastId += 1;
      for (const symbol of symbols) fake.trades(symbol, trade(lastId));
    }, 50);
    closing.push(() => clearInterval(ticking));
    const wholeOf = (parts: readonly TapePart[], more: readonly TapePart[] = []) => [...idsOf(parts), ...idsOf(more)];
    const answers = await Promise.all(
      symbols.map(async (symbol, at) => {
        const stream = here[at] as Stream;
        const goesOn = eventually('told here', () => (idsOf(stream.parts).at(-1) ?? 0) >= 20, 15_000);
        const why = await Promise.race([goesOn.then(() => undefined), stream.ended]);
        if (!why) return { ids: wholeOf(stream.parts), moved: false };
        expect(why).toMatchObject({ code: 'failed_precondition', fields: [{ reason: 'elsewhere' }] });
        expect(await follow(one.client, { symbol }).ended).toMatchObject({ fields: [{ reason: 'elsewhere' }] });
        const there = follow(two.client, { symbol, afterTradeId: idsOf(stream.parts).at(-1) ?? 0 });
        await eventually('told there', () => (idsOf(there.parts).at(-1) ?? 0) >= 20, 15_000);
        return { ids: wholeOf(stream.parts, there.parts), moved: true };
      }),
    );
    for (const { ids } of answers) expect(ids).toEqual(ids.map((_, i) => i + 1));
    expect(new Set(answers.map(({ moved }) => moved))).toEqual(new Set([true, false]));
  }, 60_000);
});

describe('Prove', () => {
  it('asks the history once for all who ask at once, and says how far it is shown', async () => {
    const { fake, client } = await start();
    const lastMs = trade(1).timeMs;
    fake.history.set('btcusdt', [trade(1)]);
    const known = await prove(client, lastMs);
    expect(known).toMatchObject({ lastTradeId: 1 });
    const stream = follow(client, {});
    await has(stream, 1);
    const pagesBefore = fake.pages.length;
    const asked = await Promise.all(Array.from({ length: 20 }, () => prove(client, systemClock.now() + 60_000)));
    expect(new Set(asked.map(({ watermarkMs }) => watermarkMs)).size).toBe(1);
    expect(fake.pages.length - pagesBefore).toBe(1);
    const [{ watermarkMs } = { watermarkMs: 0 }] = asked;
    expect(systemClock.now() - watermarkMs).toBeLessThan(6_000);
    await eventually('the reader hears it too', () => stream.parts.at(-1)?.watermarkMs === watermarkMs);
  });

  it('refuses what Follow refuses', async () => {
    const { client } = await start();
    await expect(prove(client, 1, 'nosuchusdt')).rejects.toMatchObject({ code: 'not_found' });
  });
});
