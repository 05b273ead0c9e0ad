import { createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from './app.js';
import type { FaultInput } from './faults/fault.js';
import { connect, getJson, type TestClient } from './kit/client.js';

let sim: ExchangeSim;
const start = async (options: ExchangeSimOptions = {}) => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 4, tradeRate: 5, ...options });
  return { clock };
};
afterEach(() => sim?.close());

/** As somebody outside commands it. */
const command = async (fault: FaultInput) => {
  const answer = await fetch(`${sim.restUrl}/sim/faults`, { method: 'POST', body: JSON.stringify(fault) });
  return { status: answer.status, body: (await answer.json()) as { error?: string; faults?: { id: number }[] } };
};
const statuses = async (): Promise<Record<string, string>> => {
  const { body } = await getJson(`${sim.restUrl}/api/v3/exchangeInfo`);
  return Object.fromEntries(
    (body.symbols as { symbol: string; status: string }[]).map(({ symbol, status }) => [symbol, status]),
  );
};
const settle = async (client: TestClient) =>
  void (await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1_000_000 + client.frames.length }));
const tradesOf = (client: TestClient, symbol: string) =>
  client.frames.filter((frame) => frame.stream === `${symbol}@aggTrade`).length;

describe('what an exchange does to its list', () => {
  it('takes a symbol off: not listed, no trades, its history unknown, the others go on', async () => {
    const { clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=ethusdt@aggTrade/ethusdt@miniTicker/btcusdt@aggTrade`);
    expect((await command({ kind: 'delist', symbol: 'ethusdt' })).status).toBe(200);
    clock.advance(5_000);
    await settle(client);
    expect([tradesOf(client, 'ethusdt'), tradesOf(client, 'btcusdt') > 0]).toEqual([0, true]);
    expect(Object.keys(await statuses())).toEqual(['BTCUSDT', 'BNBUSDT', 'SOLUSDT']);
    expect(await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=ETHUSDT`)).toMatchObject({
      status: 400,
      body: { code: -1121 },
    });
    expect(await command({ kind: 'delist', symbol: 'ethusdt' })).toMatchObject({ status: 404 });
  });

  it('lists a new symbol, which trades at once and has tickers, and one that was taken off, with later ids', async () => {
    const { clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=newusdt@aggTrade/newusdt@miniTicker/ethusdt@aggTrade`);
    const before = sim.listings.get('ETHUSDT')?.trades.endId ?? 0;
    await command({ kind: 'delist', symbol: 'ethusdt' });
    for (const symbol of ['newusdt', 'ethusdt']) expect((await command({ kind: 'list', symbol })).status).toBe(200);
    clock.advance(20_000);
    await settle(client);
    expect(tradesOf(client, 'newusdt')).toBeGreaterThan(0);
    expect(client.frames.some((frame) => frame.stream === 'newusdt@miniTicker')).toBe(true);
    expect(
      Math.min(...client.frames.filter(({ stream }) => stream === 'ethusdt@aggTrade').map(({ data }) => data.a)),
    ).toBeGreaterThanOrEqual(before);
    expect(await statuses()).toMatchObject({ NEWUSDT: 'TRADING', ETHUSDT: 'TRADING' });
    expect(await command({ kind: 'list', symbol: 'newusdt' })).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('listed already') },
    });
    expect(await command({ kind: 'list', symbol: 'usdt' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('quote asset') },
    });
  });

  it('lists a symbol before it trades: without a single trade', async () => {
    const { clock } = await start();
    await command({ kind: 'list', symbol: 'soonusdt', status: 'BREAK' });
    clock.advance(10_000);
    expect(await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=SOONUSDT`)).toMatchObject({ status: 200, body: [] });
    await command({ kind: 'status', symbol: 'soonusdt', status: 'TRADING' });
    clock.advance(10_000);
    expect(sim.trades('soonusdt').length).toBeGreaterThan(0);
  });

  it('pauses everything for maintenance and takes it up again, each symbol as it was or as it was told meanwhile', async () => {
    const { clock } = await start();
    await command({ kind: 'status', symbol: 'bnbusdt', status: 'HALT' });
    const { body } = await command({ kind: 'maintenance' });
    const paused = sim.trades('btcusdt').at(-1)?.id;
    clock.advance(5_000);
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['BREAK']));
    expect(sim.trades('btcusdt').at(-1)?.id).toBe(paused);
    await command({ kind: 'status', symbol: 'solusdt', status: 'HALT' });
    await command({ kind: 'list', symbol: 'newusdt' });
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['BREAK']));
    await fetch(`${sim.restUrl}/sim/faults/${body.faults?.[0]?.id}`, { method: 'DELETE' });
    clock.advance(5_000);
    expect(await statuses()).toEqual({
      BTCUSDT: 'TRADING',
      ETHUSDT: 'TRADING',
      BNBUSDT: 'HALT',
      SOLUSDT: 'HALT',
      NEWUSDT: 'TRADING',
    });
    expect(sim.trades('btcusdt').at(-1)?.id).toBeGreaterThan(paused ?? 0);
    await command({ kind: 'maintenance', forMs: 1_000 });
    await command({ kind: 'maintenance', forMs: 3_000 });
    clock.advance(2_000);
    expect((await statuses()).BTCUSDT).toBe('BREAK');
    clock.advance(2_000);
    expect((await statuses()).BTCUSDT).toBe('TRADING');
  });
});
