import { type ExchangeSim, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { StreamState } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import type { SocketLimits } from './app.js';
import { type Rig, startRig } from './kit/rig.js';

// The service against a simulated exchange that works and yet says or brings what is wrong.

let sim: ExchangeSim | undefined;
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  await sim?.close();
});

const start = async (limits: Partial<SocketLimits> = {}) => {
  const options = { symbols: 20, pastDay: false, warmUpMs: 1_000, tradeRate: 20 };
  sim = await startExchangeSim({ clock: systemClock, log: silentLogger() }, options);
  rig = await startRig({ wsUrl: sim.url, restUrl: sim.restUrl, limits });
  const { app, read, metric } = rig;
  await eventually("the exchange's clock is known", () => app.facts().clockOffsetMs !== null);
  return { sim, read, metric, app };
};
const symbols = ['btcusdt', 'ethusdt', 'solusdt'];

describe('an exchange', () => {
  it('that dates everything an hour ahead for a while puts no mini-ticker of then before readers, and trades go on', async () => {
    const { sim, read, metric } = await start();
    const tickers = read('miniTicker', symbols);
    const trades = read('aggTrade', symbols);
    const count = (symbol: string) => tickers.frames.filter(({ s }) => s === symbol.toUpperCase()).length;
    await eventually('tickers', () => symbols.every((symbol) => count(symbol) > 0));
    const { id } = sim.faults.add({ kind: 'skew', byMs: 3_600_000, of: 'both' });
    const before = trades.frames.length;
    await eventually('refused', async () => (await metric('implausible_total')) >= 9);
    expect(trades.frames.length).toBeGreaterThan(before + 50);
    sim.faults.remove(id);
    const counts = symbols.map(count);
    await eventually('tickers again', () => symbols.every((symbol, at) => count(symbol) > (counts[at] ?? 0)));
    const latestMs = Math.max(...tickers.frames.map(({ E }) => Number(E)));
    expect(latestMs).toBeLessThan(systemClock.now() + 60_000);
  });

  it('that dates everything an hour back is named in /ready while it does', async () => {
    const { sim, read, app } = await start();
    const tickers = read('miniTicker', symbols);
    await eventually('tickers', () => tickers.frames.length > 0);
    const { id } = sim.faults.add({ kind: 'skew', byMs: -3_600_000, of: 'both' });
    await eventually('told', () => /dated 60 min behind its clock/.test(String(app.facts().degraded)));
    const before = tickers.frames.length;
    sim.faults.remove(id);
    await eventually('over', () => app.facts().degraded === null);
    await eventually('tickers again', () => tickers.frames.length > before);
    const earliestMs = Math.min(...tickers.frames.map(({ E }) => Number(E)));
    expect(earliestMs).toBeGreaterThan(systemClock.now() - 120_000);
  });

  it('that answers on every connection and brings nothing is tried again on another, and again, until it brings what is traded', async () => {
    const { sim, read } = await start({ connectionSilenceMs: 1_500, controlSpacingMs: 250 });
    const trades = read('aggTrade', symbols);
    await eventually('live', () => symbols.every((symbol) => trades.stateOf(symbol) === StreamState.STREAM_STATE_LIVE));
    const { id } = sim.faults.add({ kind: 'stall', forMs: 120_000, mode: 'lose' });
    await eventually('the third connection', () => sim.connections().some(({ id: number }) => number >= 3));
    sim.faults.remove(id);
    const before = trades.frames.length;
    await eventually('trades again', () => trades.frames.length > before + 20);
    expect(symbols.map(trades.stateOf)).toEqual(symbols.map(() => StreamState.STREAM_STATE_LIVE));
  });
});
