import { StreamState } from '@tickfolio/gen/market/v1';
import { callUnary } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { describe, expect, it } from 'vitest';
import type { Reader } from './kit/rig.js';
import { busy, useSimulatedExchange } from './kit/simulated-exchange.js';

const { start, offences, expectWhole } = useSimulatedExchange();
/** A frame that a busy machine does not come to read is not lost yet. */
const patient = { holdMs: 3_000, overlapHoldMs: 3_000, evidenceMs: 30_000 };

describe('against the simulated exchange', () => {
  it('loses and repeats nothing over many rotations', async () => {
    const { read, metric } = await start(
      { tradeRate: 20, limits: { connectionLifetimeMs: 60_000, shutdownNoticeMs: 10_000 } },
      {
        ...patient,
        lifetimeMs: 700,
        lifetimeJitter: 0.3,
        rotationSettleMs: 200,
        controlSpacingMs: 250,
        streamsPerConnection: 6,
      },
    );
    const trades = read('aggTrade', busy);
    const tickers = read('miniTicker', busy);
    await eventually('many rotations', async () => (await metric('rotations_total')) >= 10);
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
      { ...patient, lifetimeMs: 600, lifetimeJitter: 0, rotationSettleMs: 3_000 },
    );
    const trades = read('aggTrade', busy);
    // Of those there are before, frames that are lost are lost.
    await eventually('flowing', () => busy.every((symbol) => trades.idsOf(symbol).length > 0));
    const known = new Set(sim.connections().map(({ id }) => id));
    await eventually('rotations', async () => {
      for (const { id } of sim.connections()) {
        if (!known.has(id)) sim.faults.add({ kind: 'stall', connection: id, forMs: 300, mode: 'lose' });
        known.add(id);
      }
      return (await metric('rotations_total')) >= 4;
    });
    for (const symbol of busy) expectWhole(trades, symbol);
    expect(await metric('sequence_holes_total')).toBe(0);
  });

  it('repairs repeated and swapped frames', async () => {
    const { read, sim, metric } = await start({ tradeRate: 20 }, patient);
    const trades = read('aggTrade', busy);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'duplicate', probability: 0.2 });
    sim.faults.add({ kind: 'reorder', stream: 'btcusdt@aggTrade', probability: 0.2 });
    await eventually('many', () => trades.idsOf('btcusdt').length > 150);
    expectWhole(trades, 'btcusdt');
    expect(await metric('reorder_holds_total')).toBeGreaterThan(0);
    expect(await metric('duplicate_frames_total')).toBeGreaterThan(0);
  });

  it('goes on through single ids that are far too high, and where ids begin anew on the connection as it is', async () => {
    const { read, sim, metric } = await start({ tradeRate: 20 }, patient);
    const trades = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('flowing', () => trades.idsOf('btcusdt').length > 5);
    sim.faults.add({ kind: 'wrongId', by: 1_000_000_000, stream: 'btcusdt@aggTrade', count: 1 });
    await eventually('not followed', async () => (await metric('sequence_leaps_total')) === 1);
    const before = trades.idsOf('btcusdt').length;
    await eventually('going on', () => trades.idsOf('btcusdt').length > before + 20);
    const goingOn = trades.idsOf('btcusdt').slice(-20);
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
      { deadlineMs: 60_000 },
    );
    expect(page.map(({ id }) => id)).toEqual(
      Array.from({ length: after - before - 1 }, (_, index) => before + 1 + index),
    );
  });

  it('never breaks the limits when symbols are added one by one', async () => {
    const controlSpacingMs = 350;
    const { read, sim, metric } = await start(
      { symbols: 300 },
      { streamsPerConnection: 100, lingerMs: 200, controlSpacingMs },
    );
    const sinceMs = performance.now();
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
    await eventually('all subscribed', () => subscribed() === names.length);
    expect(sim.connections()).toHaveLength(3);
    expect(offences()).toEqual([]);
    expect(await metric('connection_attempts_total')).toBe(3);
    const rounds = 1 + (performance.now() - sinceMs) / controlSpacingMs;
    expect(await metric('control_messages_total')).toBeLessThan(3 * rounds);
    last?.cancel();
    await eventually('all let go', () => subscribed() === 0);
    expect(offences()).toEqual([]);
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
    await eventually('rotations', async () => (await metric('rotations_total')) >= 3);
    expect(trades.statuses.findLast(({ symbol }) => symbol === 'ethusdt')).toMatchObject({
      state: StreamState.STREAM_STATE_BROKEN,
      detail: expect.stringContaining('invalid stream'),
    });
    for (const symbol of others) expectWhole(trades, symbol);
    sim.faults.remove(id);
    await eventually('let in', () => trades.stateOf('ethusdt') === StreamState.STREAM_STATE_LIVE);
    expect(offences()).toEqual([]);
  });
});
