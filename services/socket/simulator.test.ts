import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { StreamState } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import type { AppError } from '@tickfolio/lib/errors';
import { callUnary } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createLogger, silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import type { SocketLimits } from './app.js';
import { pauseMs, type Reader, type Rig, startRig } from './kit/rig.js';

// The service against an exchange that imitates the real one, its limits included.

let sim: ExchangeSim | undefined;
let rig: Rig | undefined;
const simLog: Record<string, unknown>[] = [];

afterEach(async () => {
  await rig?.close();
  await sim?.close();
  rig = undefined;
  sim = undefined;
  simLog.length = 0;
});

const start = async (simOptions: ExchangeSimOptions = {}, limits: Partial<SocketLimits> = {}) => {
  const log = createLogger('exchange-sim', 'info', (line) => simLog.push(JSON.parse(line) as Record<string, unknown>));
  const exchange = await startExchangeSim(
    { clock: systemClock, log },
    { symbols: 20, pastDay: false, warmUpMs: 1_000, ...simOptions },
  );
  const started = await startRig({ wsUrl: exchange.url, restUrl: exchange.restUrl, limits });
  sim = exchange;
  rig = started;
  await eventually('symbols', () => started.log.some(({ msg }) => msg === 'the symbol list was read'));
  return { ...started, sim: exchange };
};
const offences = () => simLog.filter(({ msg }) => /more messages|does not read|no pong/.test(String(msg)));

/** Every id from the first to the last that the simulator made in between, none twice. */
const expectWhole = (reader: Reader, symbol: string) => {
  const ids = reader.idsOf(symbol);
  const first = ids[0] ?? 0;
  expect(ids).toEqual(ids.map((_, index) => first + index));
  const made = sim?.trades(symbol, first, ids.length) ?? [];
  expect(made.map(({ id }) => id)).toEqual(ids);
};
const busy = ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt', 'xrpusdt', 'dogeusdt'];

describe('against the simulated exchange', () => {
  it('loses and repeats nothing over many rotations', async () => {
    const { read, metric } = await start(
      { tradeRate: 20, limits: { connectionLifetimeMs: 5_000, shutdownNoticeMs: 1_000 } },
      { lifetimeMs: 700, lifetimeJitter: 0.3, rotationSettleMs: 200, controlSpacingMs: 250, streamsPerConnection: 6 },
    );
    const trades = read('aggTrade', busy);
    const tickers = read('miniTicker', busy);
    await eventually('many rotations', async () => (await metric('rotations_total')) >= 10, 18_000);
    await eventually('everything live', () => busy.every((symbol) => trades.idsOf(symbol).length > 20));
    for (const symbol of busy) expectWhole(trades, symbol);
    expect(await metric('duplicate_frames_total')).toBeGreaterThan(0);
    expect(await metric('sequence_holes_total')).toBe(0);
    for (const symbol of busy) {
      const times = tickers.frames.filter(({ s }) => s === symbol.toUpperCase()).map(({ E }) => Number(E));
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    }
    expect(
      [...trades.statuses, ...tickers.statuses].filter(({ state }) => state === StreamState.STREAM_STATE_BROKEN),
    ).toEqual([]);
    expect(offences()).toEqual([]);
  });

  it('keeps the old connection while the new one loses its first frames', async () => {
    const { read, sim, metric } = await start(
      { tradeRate: 20 },
      { lifetimeMs: 600, lifetimeJitter: 0, rotationSettleMs: 1_500 },
    );
    const trades = read('aggTrade', busy);
    const known = new Set<number>();
    await eventually(
      'rotations',
      async () => {
        for (const { id } of sim.connections()) {
          if (!known.has(id) && known.size > 0)
            sim.faults.add({ kind: 'stall', connection: id, forMs: 300, mode: 'lose' });
          known.add(id);
        }
        return (await metric('rotations_total')) >= 4;
      },
      15_000,
    );
    for (const symbol of busy) expectWhole(trades, symbol);
    expect(await metric('sequence_holes_total')).toBe(0);
  });

  it('repairs repeated and swapped frames', async () => {
    const { read, sim, metric } = await start({ tradeRate: 20 });
    const trades = read('aggTrade', busy);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'duplicate', probability: 0.2 });
    sim.faults.add({ kind: 'reorder', stream: 'btcusdt@aggTrade', probability: 0.2 });
    await eventually('many', () => trades.idsOf('btcusdt').length > 150, 15_000);
    expectWhole(trades, 'btcusdt');
    expect(await metric('reorder_holds_total')).toBeGreaterThan(0);
    expect(await metric('duplicate_frames_total')).toBeGreaterThan(0);
  });

  it('goes on through single ids that are far too high, and where ids begin anew on the connection as it is', async () => {
    const { read, sim, metric } = await start({ tradeRate: 20 });
    const trades = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'wrongId', by: 1_000_000_000, stream: 'btcusdt@aggTrade', count: 1 });
    await eventually('sent', () => sim.faults.list().length === 0);
    const before = trades.idsOf('btcusdt').length;
    await eventually('going on', () => trades.idsOf('btcusdt').length > before + 20);
    const goingOn = trades.idsOf('btcusdt').slice(before + 5);
    expect(goingOn).toEqual(goingOn.map((_, index) => (goingOn[0] ?? 0) + index));
    expect(goingOn[0]).toBeLessThan((trades.idsOf('btcusdt')[0] ?? 0) + 100_000);

    sim.faults.add({ kind: 'renumber', symbol: 'btcusdt' });
    await eventually('the new count', () => (trades.idsOf('btcusdt').at(-1) ?? 0) < 10_000);
    expect(await metric('sequence_resets_total')).toBe(1);
    expect(sim.connections().map(({ id }) => id)).toEqual([1]);
    expectWhole(trades, 'ethusdt');
  });

  it('passes a hole on when frames are really lost, and can fill it over REST', async () => {
    const { read, sim, client } = await start({ tradeRate: 20 });
    const trades = read('aggTrade', ['btcusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'drop', stream: 'btcusdt@aggTrade', count: 3 });
    let holeAt = -1;
    await eventually('a hole', () => {
      const ids = trades.idsOf('btcusdt');
      holeAt = ids.findIndex((id, index) => index > 0 && id !== (ids[index - 1] ?? 0) + 1);
      return holeAt > 0;
    });
    const before = trades.idsOf('btcusdt')[holeAt - 1] ?? 0;
    const after = trades.idsOf('btcusdt')[holeAt] ?? 0;
    const { trades: page } = await callUnary(
      client,
      client.listAggTrades,
      { symbol: 'btcusdt', fromId: before + 1, limit: after - before - 1 },
      { deadlineMs: 2_000 },
    );
    expect(page.map(({ id }) => id)).toEqual(
      Array.from({ length: after - before - 1 }, (_, index) => before + 1 + index),
    );
  });

  it('comes back by itself after every kind of disconnect', async () => {
    const { read, sim } = await start({ tradeRate: 20 }, { streamsPerConnection: 3, backoffBaseMs: 50 });
    const trades = read('aggTrade', busy);
    await eventually(
      'flowing',
      () => busy.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE),
      10_000,
    );
    for (const code of [undefined, 1001, 1012]) {
      sim.faults.add({ kind: 'close', ...(code === undefined ? {} : { code }) });
      await eventually('broken', () => trades.stateOf('btcusdt') !== StreamState.STREAM_STATE_LIVE);
      await eventually(
        'back',
        () => busy.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE),
        10_000,
      );
    }
    const ids = trades.idsOf('btcusdt');
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('never breaks the limits when symbols are added one by one', async () => {
    const { read, sim, metric } = await start({ symbols: 300 }, { streamsPerConnection: 100, lingerMs: 200 });
    const names = [...sim.listings.keys()].map((name) => name.toLowerCase());
    // As the aggregator does it: a new stream with one symbol more, then the old one is left.
    let last: Reader | undefined;
    for (let count = 1; count <= names.length; count++) {
      const next = read('aggTrade', names.slice(0, count));
      await eventually('answered', () => next.messages.length > 0);
      last?.cancel();
      last = next;
    }
    const subscribed = () => sim.connections().reduce((sum, { streams }) => sum + streams.length, 0);
    await eventually('all subscribed', () => subscribed() === names.length, 10_000);
    expect(sim.connections()).toHaveLength(3);
    expect(offences()).toEqual([]);
    expect(await metric('connection_attempts_total')).toBe(3);
    expect(await metric('control_messages_total')).toBeLessThan(100);
    last?.cancel();
    await eventually('all let go', () => subscribed() === 0, 10_000);
    expect(offences()).toEqual([]);
  });

  it('finds a stream that stalls alone, and brings it back', async () => {
    const { read, sim, log } = await start({ tradeRate: 50 }, { evidenceMs: 2_000, controlSpacingMs: 250 });
    const trades = read('aggTrade', ['btcusdt', 'ethusdt']);
    read('miniTicker', ['btcusdt', 'ethusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'stall', stream: 'btcusdt@aggTrade', forMs: 6_500, mode: 'lose' });
    await eventually('noticed', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN, 6_500);
    expect(
      log.some(({ msg, stream }) => String(msg).includes('subscribing it again') && stream === 'btcusdt@aggTrade'),
    ).toBe(true);
    await eventually('back', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE, 15_000);
    expect(
      trades.statuses.filter(({ symbol, state }) => symbol === 'ethusdt' && state === StreamState.STREAM_STATE_BROKEN),
    ).toEqual([]);
  });

  it('sees one connection of several fall silent, and replaces that one', async () => {
    const { read, sim } = await start(
      { tradeRate: 20 },
      { streamsPerConnection: 2, connectionSilenceMs: 2_500, controlSpacingMs: 250 },
    );
    const tickers = read('miniTicker', ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt']);
    await eventually(
      'flowing',
      () => ['btcusdt', 'bnbusdt'].every((symbol) => tickers.stateOf(symbol) === StreamState.STREAM_STATE_LIVE),
      8_000,
    );
    const [silent, other] = sim.connections().map(({ id }) => id);
    sim.faults.add({ kind: 'stall', connection: silent ?? 1, forMs: 60_000, mode: 'lose' });
    await eventually(
      'replaced',
      () => sim.connections().length === 2 && sim.connections().every(({ id }) => id !== silent),
      8_000,
    );
    expect(sim.connections().some(({ id }) => id === other)).toBe(true);
    await eventually('back', () => tickers.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
  });

  it('rolls over although the exchange refuses one stream, and has that one when it is let in', async () => {
    const { read, sim, metric } = await start(
      { tradeRate: 20 },
      {
        lifetimeMs: 600,
        lifetimeJitter: 0,
        rotationSettleMs: 200,
        controlSpacingMs: 250,
        refusedNameRetryMs: 1_000,
        refusalRetryCapMs: 1_000,
      },
    );
    const { id } = sim.faults.add({ kind: 'refuseStream', stream: 'ethusdt@aggTrade' });
    const trades = read('aggTrade', busy);
    const others = busy.filter((symbol) => symbol !== 'ethusdt');
    await eventually('rotations', async () => (await metric('rotations_total')) >= 3, 15_000);
    expect(trades.statuses.findLast(({ symbol }) => symbol === 'ethusdt')).toMatchObject({
      state: StreamState.STREAM_STATE_BROKEN,
      detail: expect.stringContaining('invalid stream'),
    });
    for (const symbol of others) expectWhole(trades, symbol);
    sim.faults.remove(id);
    await eventually('let in', () => trades.stateOf('ethusdt') === StreamState.STREAM_STATE_LIVE);
    expect(offences()).toEqual([]);
  });

  it('has every stream soon after the exchange refused them all in a bad moment', async () => {
    const { read, sim } = await start({ tradeRate: 20 });
    const { id } = sim.faults.add({ kind: 'controlError' });
    const trades = read('aggTrade', busy);
    await eventually('refused', () => sim.faults.list().some(({ hits }) => hits >= 2));
    sim.faults.remove(id);
    await eventually('live', () => busy.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE));
    expect(offences()).toEqual([]);
  });

  it('sees a connection that says nothing at all, not even in answer, and replaces it', async () => {
    const { read, sim } = await start({ tradeRate: 20 }, { connectionSilenceMs: 1_500, controlSpacingMs: 250 });
    const trades = read('aggTrade', ['btcusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'stall', connection: 1, forMs: 60_000, mode: 'lose', control: true });
    await eventually('replaced', () => sim.connections().length === 1 && sim.connections()[0]?.id === 2, 8_000);
    await eventually('back', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
  });

  it('resumes within 5 s when the exchange restarts', async () => {
    const { read, sim: first } = await start({ tradeRate: 20 });
    const trades = read('aggTrade', ['btcusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    await first.close();
    await eventually('broken', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    await pauseMs(300);
    sim = await startExchangeSim(
      { clock: systemClock, log: silentLogger() },
      { symbols: 20, pastDay: false, address: { host: '127.0.0.1', port: first.port }, tradeRate: 20 },
    );
    const before = trades.frames.length;
    await eventually('back', () => trades.frames.length > before, 5_000);
    expect(trades.stateOf('btcusdt')).toBe(StreamState.STREAM_STATE_LIVE);
  });

  it('says what the exchange refuses, over REST too', async () => {
    const { client, sim } = await start({}, { refusedRetryMs: 400 });
    const ask = () =>
      callUnary(
        client,
        client.listAggTrades,
        { symbol: 'btcusdt', fromId: undefined, limit: 1 },
        { deadlineMs: 3_000 },
      ).catch((err: AppError) => err);
    expect(await ask()).toMatchObject({ trades: [{ id: expect.any(Number) }] });
    sim.faults.add({ kind: 'rest', status: 503, path: 'aggTrades' });
    expect(await ask()).toMatchObject({ code: 'unavailable' });
    sim.faults.add({ kind: 'refuse', status: 451, scope: 'rest', forMs: 500 });
    expect(await ask()).toMatchObject({ code: 'failed_precondition', message: expect.stringContaining('451') });
    await pauseMs(600);
    sim.faults.add({ kind: 'rest', status: 429, path: 'aggTrades' });
    const limited = await ask();
    expect(limited).toMatchObject({ code: 'resource_exhausted' });
    expect((limited as AppError).retryAfterMs).toBeGreaterThan(0);
    expect(await ask()).toMatchObject({ code: 'resource_exhausted' });
  });

  it('finds a new listing within a second of being asked for it, and notices the end of maintenance by the first trade', async () => {
    const { client, read, sim } = await start({ tradeRate: 20 }); // The list is read every 10 minutes.
    const list = async (fresh: boolean) => {
      const { symbols } = await callUnary(
        client,
        client.listSymbols,
        { knownRevision: '', fresh },
        { deadlineMs: 5_000 },
      );
      return new Map(symbols.map(({ symbol, status, paused }) => [symbol, paused ? 'paused' : status]));
    };
    const trades = read('aggTrade', ['btcusdt', 'newusdt']);
    await eventually('flowing', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    sim.faults.add({ kind: 'list', symbol: 'newusdt' });
    expect((await list(false)).has('newusdt')).toBe(false);
    expect((await list(true)).get('newusdt')).toBe('TRADING');
    await eventually('its trades', () => trades.stateOf('newusdt') === StreamState.STREAM_STATE_LIVE);
    await rig?.close();

    const { id } = sim.faults.add({ kind: 'maintenance' });
    const again = await startRig({ wsUrl: sim.url, restUrl: sim.restUrl });
    rig = again;
    const listed = async () => {
      const answer = await callUnary(
        again.client,
        again.client.listSymbols,
        { knownRevision: '', fresh: false },
        { deadlineMs: 5_000 },
      ).catch(() => undefined);
      return answer?.symbols.find(({ symbol }) => symbol === 'btcusdt');
    };
    await eventually('paused', async () => (await listed())?.paused === true);
    const reader = again.read('aggTrade', ['btcusdt']);
    await eventually('halted', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_HALTED);
    sim.faults.remove(id);
    await eventually('trading', async () => (await listed())?.status === 'TRADING', 5_000);
  });

  it("shows how far the exchange's clock is from this computer's, in /ready, as a metric and in words", async () => {
    const { sim, app, metric, log } = await start({}, { clockEveryMs: 100 });
    const ready = async () =>
      (await (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).json()) as {
        clockOffsetMs: number;
        clockUncertaintyMs: number;
      };
    await eventually('measured', async () => Math.abs((await ready()).clockOffsetMs ?? 9_999) < 500);
    sim.faults.add({ kind: 'clock', byMs: -92_000 });
    await eventually('noticed', () =>
      log.some(({ msg }) => String(msg).startsWith("this computer's clock is 92 s ahead")),
    );
    const { clockOffsetMs, clockUncertaintyMs } = await ready();
    expect(Math.abs(clockOffsetMs + 92_000)).toBeLessThanOrEqual(clockUncertaintyMs + 1);
    expect(await metric('clock_offset_seconds')).toBeCloseTo(-92, 0);
    expect(app.facts()).toMatchObject({ clockOffsetMs: expect.any(Number), exchangeStreams: sim.url });
    sim.faults.clear();
    await eventually('mended', () => log.some(({ msg }) => String(msg).endsWith("agrees with the exchange's again")));
  });

  it('marks what the simulator halts', async () => {
    const { read, sim } = await start({ tradeRate: 20 }, { symbolsRefreshMs: 200 });
    const trades = read('aggTrade', ['btcusdt']);
    await eventually('flowing', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    sim.faults.add({ kind: 'status', symbol: 'btcusdt', status: 'HALT' });
    await eventually('halted', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_HALTED);
    sim.faults.add({ kind: 'status', symbol: 'btcusdt', status: 'TRADING' });
    await eventually('live', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
  });
});
