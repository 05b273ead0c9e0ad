import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from './app.js';
import { connect, getJson, type TestClient } from './kit/client.js';

// What an exchange does to those who trust each single frame, answer and page of it.

let sim: ExchangeSim | undefined;
const start = async (options: ExchangeSimOptions = {}) => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 4, tradeRate: 5, ...options });
  return { sim, clock };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const btc = 'btcusdt@aggTrade';
const eth = 'ethusdt@aggTrade';
const settle = (client: TestClient) =>
  client.ask({ method: 'LIST_SUBSCRIPTIONS', id: Math.floor(performance.now() * 1_000) });
const on = (client: TestClient, stream: string) =>
  client.frames.filter((frame) => frame.stream === stream).map(({ data }) => data);
const isConsecutive = (ids: readonly number[]) => ids.every((id, index) => id === (ids[0] ?? 0) + index);

describe('answers', () => {
  it('refuseStream: the one stream on the one connection, alone or among others, until it ends', async () => {
    const { sim, clock } = await start();
    const [first, second] = [await connect(`${sim.url}/stream`), await connect(`${sim.url}/stream`)];
    sim.faults.add({ kind: 'refuseStream', stream: btc, connection: 1, forMs: 5_000 });
    const subscribe = (client: TestClient, id: number, ...params: string[]) =>
      client.ask({ method: 'SUBSCRIBE', params, id });
    const refused = { code: 2, msg: 'Invalid request: invalid stream' };
    expect(await subscribe(first, 1, eth, btc)).toEqual({ ...refused, id: 1 });
    expect(await subscribe(first, 2, eth)).toEqual({ result: null, id: 2 });
    expect(await subscribe(second, 1, eth, btc)).toEqual({ result: null, id: 1 });
    expect(sim.faults.list()).toMatchObject([{ hits: 1 }]);
    clock.advance(5_000);
    expect(await subscribe(first, 3, btc)).toEqual({ result: null, id: 3 });
  });

  it('controlError: the next messages, whatever they ask', async () => {
    const { sim } = await start({ errorShape: 'nested' });
    const client = await connect(`${sim.url}/stream`);
    sim.faults.add({ kind: 'controlError', count: 2, code: -1_008, msg: 'Server is busy' });
    const error = { code: -1_008, msg: 'Server is busy' };
    expect(await client.ask({ method: 'SUBSCRIBE', params: [btc], id: 1 })).toEqual({ error, id: 1 });
    expect(await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 2 })).toEqual({ error, id: 2 });
    expect(await client.ask({ method: 'SUBSCRIBE', params: [btc], id: 3 })).toEqual({ result: null, id: 3 });
  });

  it('stall with control: the connection says nothing at all, and the other one goes on', async () => {
    const { sim, clock } = await start({ limits: { messagesPerSecond: 100 } });
    const [mute, other] = [
      await connect(`${sim.url}/stream?streams=${btc}`),
      await connect(`${sim.url}/stream?streams=${btc}`),
    ];
    sim.faults.add({ kind: 'stall', connection: 1, mode: 'lose', control: true, forMs: 60_000 });
    let pings = 0;
    let pongs = 0;
    mute.ws.on('ping', () => pings++);
    mute.ws.on('pong', () => pongs++);
    mute.ws.ping();
    mute.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    clock.advance(50_000);
    await settle(other);
    await until(() => on(other, btc).length > 50);
    expect([mute.frames.length, pings, pongs]).toEqual([0, 0, 0]);
    clock.advance(10_000);
    expect(await settle(mute)).toMatchObject({ result: [btc] });
  });
});

describe('history', () => {
  const page = async (query: string) =>
    (await getJson(`${sim?.restUrl}/api/v3/aggTrades?${query}`)).body as { a: number; T: number }[];

  it('historyLag: trades come into it late, however they are asked for; other symbols at once', async () => {
    const { sim, clock } = await start();
    clock.advance(20_000);
    sim.faults.add({ kind: 'historyLag', symbol: 'btcusdt', byMs: 5_000, forMs: 60_000 });
    const newest = (rows: readonly { T: number }[]) => clock.now() - (rows.at(-1)?.T ?? 0);
    const firstId = (sim.listings.get('BTCUSDT')?.trades.endId ?? 0) - 500;
    for (const query of ['', `&fromId=${firstId}`, `&startTime=${clock.now() - 15_000}`, `&endTime=${clock.now()}`]) {
      const rows = await page(`symbol=BTCUSDT&limit=1000${query}`);
      expect(rows.length).toBeGreaterThan(20);
      expect(newest(rows)).toBeGreaterThanOrEqual(5_000);
      expect(newest(rows)).toBeLessThan(7_000);
    }
    expect(newest(await page('symbol=ETHUSDT'))).toBeLessThan(2_000);
  });

  it('pageDelay: every page comes late, not only the next', async () => {
    const { sim, clock } = await start();
    sim.faults.add({ kind: 'pageDelay', symbol: 'btcusdt', delayMs: 800, forMs: 60_000 });
    for (let round = 1; round <= 3; round++) {
      let isHere = false;
      const asked = page('symbol=BTCUSDT').then(() => {
        isHere = true;
      });
      await until(() => sim.faults.list()[0]?.hits === round);
      clock.advance(790);
      await page('symbol=ETHUSDT');
      expect(isHere).toBe(false);
      clock.advance(10);
      await asked;
    }
  });
});

describe('trades', () => {
  it('busy: hundreds a second on one symbol, evenly, in the stream and in the history; then as before', async () => {
    const { sim, clock } = await start({ tradeRate: 1 });
    const id = () => sim.listings.get('BTCUSDT')?.trades.endId ?? 0;
    sim.faults.add({ kind: 'busy', symbol: 'btcusdt', perSecond: 300, forMs: 20_000 });
    const perSecond: number[] = [];
    for (let second = 0; second < 20; second++) {
      const before = id();
      clock.advance(1_000);
      perSecond.push(id() - before);
    }
    const mean = perSecond.reduce((sum, count) => sum + count, 0) / perSecond.length;
    expect(mean).toBeGreaterThan(270);
    expect(mean).toBeLessThan(330);
    expect(Math.min(...perSecond)).toBeGreaterThan(180);
    const after = id();
    clock.advance(5_000);
    expect((id() - after) / 5).toBeLessThan(100);
    expect(() => sim.faults.add({ kind: 'busy', symbol: 'nosuch', perSecond: 1 })).toThrow(/nosuch/);
  });

  it('skew: wrong times of trades, of events or of both, in the stream alone', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=${btc}/btcusdt@miniTicker`);
    const hourMs = 3_600_000;
    const differences = async () => {
      const from = client.frames.length;
      clock.advance(3_000);
      await settle(client);
      const right = new Map((sim.trades('btcusdt', undefined, 1_000) ?? []).map((trade) => [trade.id, trade.timeMs]));
      const trades = client.frames.slice(from).filter(({ stream }) => stream === btc);
      expect(trades.length).toBeGreaterThan(5);
      const tickers = client.frames.slice(from).filter(({ stream }) => stream === 'btcusdt@miniTicker');
      return {
        trade: [...new Set(trades.map(({ data }) => data.T - (right.get(data.a) ?? 0)))],
        eventHours: [...new Set(trades.map(({ data }) => Math.round((data.E - (right.get(data.a) ?? 0)) / hourMs)))],
        tickerHours: [...new Set(tickers.map(({ data }) => Math.round((data.E - clock.now()) / hourMs)))],
      };
    };
    sim.faults.add({ kind: 'skew', byMs: hourMs });
    expect(await differences()).toEqual({ trade: [hourMs], eventHours: [0], tickerHours: [0] });
    sim.faults.clear();
    sim.faults.add({ kind: 'skew', byMs: -2 * hourMs, of: 'both' });
    expect(await differences()).toEqual({ trade: [-2 * hourMs], eventHours: [-2], tickerHours: [-2] });
    sim.faults.clear();
    sim.faults.add({ kind: 'skew', byMs: hourMs, of: 'event', stream: btc });
    expect(await differences()).toEqual({ trade: [0], eventHours: [1], tickerHours: [0] });
  });

  it('wrongId: of the next trades of the stream; the history has the right ones', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=${btc}/btcusdt@miniTicker`);
    const from = sim.listings.get('BTCUSDT')?.trades.endId ?? 0;
    sim.faults.add({ kind: 'wrongId', by: 1_000_000, stream: btc, count: 2 });
    clock.advance(3_000);
    await settle(client);
    const ids = on(client, btc).map(({ a }) => a);
    expect(ids.slice(0, 4)).toEqual([from + 1_000_000, from + 1_000_001, from + 2, from + 3]);
    expect(sim.trades('btcusdt', from, 4).map(({ id }) => id)).toEqual([from, from + 1, from + 2, from + 3]);
  });

  it('renumber: one symbol counts anew on the connection as it is, and so does its history', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=${btc}/${eth}`);
    clock.advance(2_000);
    sim.faults.add({ kind: 'renumber', symbol: 'btcusdt', from: 1 });
    clock.advance(2_000);
    await settle(client);
    const ids = on(client, btc).map(({ a }) => a);
    const begin = ids.indexOf(1);
    expect(begin).toBeGreaterThan(5);
    expect(isConsecutive(ids.slice(0, begin))).toBe(true);
    expect(isConsecutive(ids.slice(begin))).toBe(true);
    expect(isConsecutive(on(client, eth).map(({ a }) => a))).toBe(true);
    expect(sim.trades('btcusdt')[0]?.id).toBe(1);
    expect(sim.connections()).toHaveLength(1);
    expect(() => sim.faults.add({ kind: 'renumber', symbol: 'nosuch' })).toThrow(/nosuch/);
  });
});
