import { startExchangeSim } from '@tickfolio/exchange-sim/app';
import { StreamState } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import type { AppError } from '@tickfolio/lib/errors';
import { callUnary } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { pauseMs, startRig } from './kit/rig.js';
import { busy, useSimulatedExchange } from './kit/simulated-exchange.js';

const { running, start, offences } = useSimulatedExchange();

describe('against a simulated exchange that breaks off, falls silent and refuses', () => {
  it('comes back by itself after every kind of disconnect', async () => {
    const { read, sim } = await start({ tradeRate: 20 }, { streamsPerConnection: 3, backoffBaseMs: 50 });
    const trades = read('aggTrade', busy);
    await eventually('flowing', () => busy.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE));
    for (const code of [undefined, 1001, 1012]) {
      sim.faults.add({ kind: 'close', ...(code === undefined ? {} : { code }) });
      await eventually('broken', () => trades.stateOf('btcusdt') !== StreamState.STREAM_STATE_LIVE);
      await eventually('back', () => busy.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE));
    }
    const ids = trades.idsOf('btcusdt');
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('finds a stream that stalls alone, and brings it back', async () => {
    const { read, sim, log } = await start({ tradeRate: 50 }, { evidenceMs: 2_000, controlSpacingMs: 250 });
    const trades = read('aggTrade', ['btcusdt', 'ethusdt']);
    read('miniTicker', ['btcusdt', 'ethusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    const { id } = sim.faults.add({ kind: 'stall', stream: 'btcusdt@aggTrade', forMs: 60_000, mode: 'lose' });
    await eventually('noticed', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    sim.faults.remove(id);
    expect(
      log.some(({ msg, stream }) => String(msg).includes('subscribing it again') && stream === 'btcusdt@aggTrade'),
    ).toBe(true);
    await eventually('back', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
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
    await eventually('flowing', () =>
      ['btcusdt', 'bnbusdt'].every((symbol) => tickers.stateOf(symbol) === StreamState.STREAM_STATE_LIVE),
    );
    const [silent, other] = sim.connections().map(({ id }) => id);
    sim.faults.add({ kind: 'stall', connection: silent ?? 1, forMs: 60_000, mode: 'lose' });
    await eventually(
      'replaced',
      () => sim.connections().length === 2 && sim.connections().every(({ id }) => id !== silent),
    );
    expect(sim.connections().some(({ id }) => id === other)).toBe(true);
    await eventually('back', () => tickers.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
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
    await eventually('replaced', () => sim.connections().length === 1 && sim.connections()[0]?.id === 2);
    await eventually('back', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
  });

  it('resumes by itself when the exchange restarts', async () => {
    const { read, sim: first } = await start({ tradeRate: 20 });
    const trades = read('aggTrade', ['btcusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    await first.close();
    await eventually('broken', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    await pauseMs(300);
    running.sim = await startExchangeSim(
      { clock: systemClock, log: silentLogger() },
      { symbols: 20, pastDay: false, address: { host: '127.0.0.1', port: first.port }, tradeRate: 20 },
    );
    const before = trades.frames.length;
    await eventually('back', () => trades.frames.length > before, 30_000);
    expect(trades.stateOf('btcusdt')).toBe(StreamState.STREAM_STATE_LIVE);
  });

  it('says what the exchange refuses, over REST too', async () => {
    const { client, sim } = await start({}, { refusedRetryMs: 400 });
    const ask = () =>
      callUnary(
        client,
        client.listAggTrades,
        { symbol: 'btcusdt', fromId: undefined, limit: 1 },
        { deadlineMs: 60_000 },
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
        { deadlineMs: 60_000 },
      );
      return new Map(symbols.map(({ symbol, status, paused }) => [symbol, paused ? 'paused' : status]));
    };
    const trades = read('aggTrade', ['btcusdt', 'newusdt']);
    await eventually('flowing', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    sim.faults.add({ kind: 'list', symbol: 'newusdt' });
    expect((await list(false)).has('newusdt')).toBe(false);
    expect((await list(true)).get('newusdt')).toBe('TRADING');
    await eventually('its trades', () => trades.stateOf('newusdt') === StreamState.STREAM_STATE_LIVE);
    await running.rig?.close();

    const { id } = sim.faults.add({ kind: 'maintenance' });
    const again = await startRig({ wsUrl: sim.url, restUrl: sim.restUrl });
    running.rig = again;
    const listed = async () => {
      const answer = await callUnary(
        again.client,
        again.client.listSymbols,
        { knownRevision: '', fresh: false },
        { deadlineMs: 60_000 },
      ).catch(() => undefined);
      return answer?.symbols.find(({ symbol }) => symbol === 'btcusdt');
    };
    await eventually('paused', async () => (await listed())?.paused === true);
    const reader = again.read('aggTrade', ['btcusdt']);
    await eventually('halted', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_HALTED);
    sim.faults.remove(id);
    await eventually('trading', async () => (await listed())?.status === 'TRADING');
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
    expect(Math.abs((await metric('clock_offset_seconds')) + 92)).toBeLessThan(20);
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
