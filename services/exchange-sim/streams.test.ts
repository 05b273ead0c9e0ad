import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from './app.js';
import { connect, type Frame, refusalOf } from './kit/client.js';

let sim: ExchangeSim | undefined;
const start = async (
  options: ExchangeSimOptions = {},
): Promise<{ readonly sim: ExchangeSim; readonly clock: ManualClock }> => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 40, ...options });
  return { sim, clock };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

describe('streams', () => {
  it('sends the bare payload on /ws/<stream>, with the documented fields in order', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws/btcusdt@aggTrade`);
    clock.advance(2_000);
    const frame = await client.frame(() => true);
    expect(Object.keys(frame)).toEqual(['e', 'E', 's', 'a', 'p', 'q', 'f', 'l', 'T', 'm', 'M']);
    expect(frame).toMatchObject({ e: 'aggTrade', s: 'BTCUSDT', M: true });
    expect(frame.p).toMatch(/^\d+\.\d{8}$/);
  });

  it('wraps payloads on /stream, and takes several streams, URL-encoded or not', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=btcusdt%40aggTrade/ethusdt@aggTrade`);
    clock.advance(3_000);
    for (const stream of ['btcusdt@aggTrade', 'ethusdt@aggTrade'])
      expect((await client.frame((f) => f.stream === stream)).data.e).toBe('aggTrade');
    const raw = await connect(`${sim.url}/ws/btcusdt@aggTrade/ethusdt@aggTrade`);
    clock.advance(3_000);
    for (const s of ['BTCUSDT', 'ETHUSDT']) await raw.frame((f) => f.s === s);
  });

  it('subscribes live on a bare connection; replies are never wrapped', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream`);
    expect(await client.ask({ method: 'SUBSCRIBE', params: ['btcusdt@aggTrade'], id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    clock.advance(2_000);
    await client.frame((f) => f.stream === 'btcusdt@aggTrade');
    expect(await client.ask({ method: 'UNSUBSCRIBE', params: ['btcusdt@aggTrade'], id: 2 })).toEqual({
      result: null,
      id: 2,
    });
    const before = client.frames.length;
    clock.advance(5_000);
    await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 });
    expect(client.frames.length).toBe(before + 1);
  });

  it('switches between raw and combined by property', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws/btcusdt@aggTrade`);
    await client.ask({ method: 'SET_PROPERTY', params: ['combined', true], id: 1 });
    clock.advance(2_000);
    await client.frame((f) => f.stream === 'btcusdt@aggTrade');
  });

  it('gives times in microseconds where the URL asks for it', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=btcusdt@aggTrade/btcusdt@miniTicker&timeUnit=MICROSECOND`);
    clock.advance(3_000);
    const trade = (await client.frame((f) => f.stream === 'btcusdt@aggTrade')).data;
    expect(String(trade.T)).toMatch(/^\d{13}000$/);
    expect(String(trade.E)).toMatch(/^\d{13}000$/);
    expect(String((await client.frame((f) => f.stream === 'btcusdt@miniTicker')).data.E)).toMatch(/^\d{13}000$/);
  });

  it('stays silent on unknown symbols, upper case and streams it does not serve', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws/nosuchcoin@aggTrade/BTCUSDT@aggTrade`);
    expect(
      await client.ask({ method: 'SUBSCRIBE', params: ['btcusdt@depth20@100ms', 'btcusdt@kline_1d@+08:00'], id: 1 }),
    ).toEqual({
      result: null,
      id: 1,
    });
    clock.advance(30_000);
    await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 2 });
    expect(client.frames.length).toBe(2);
  });

  it('refuses malformed streams and other paths before the upgrade, and marks every answer', async () => {
    const { sim } = await start();
    expect(await refusalOf(`${sim.url}/ws/btcusdt@nonsense`)).toMatchObject({
      status: 400,
      headers: { 'x-exchange-simulator': '1' },
    });
    expect(await refusalOf(`${sim.url}/elsewhere`)).toMatchObject({ status: 404 });
    expect(await refusalOf(`${sim.url}/stream?streams=btcusdt@kline_1d@+08:00`)).toBeUndefined();
  });

  it('sends the same trade to two connections, each once', async () => {
    const { sim, clock } = await start();
    const [a, b] = await Promise.all([
      connect(`${sim.url}/ws/btcusdt@aggTrade`),
      connect(`${sim.url}/stream?streams=btcusdt@aggTrade`),
    ]);
    clock.advance(10_000);
    const ids = (frames: readonly Frame[]) => frames.map((f) => (f.data ?? f).a);
    const last = sim.trades('btcusdt', undefined, 1)[0]?.id;
    await Promise.all([a, b].map((c) => until(() => last !== undefined && ids(c.frames).includes(last))));
    expect(ids(a.frames)).toEqual(ids(b.frames));
    expect(new Set(ids(a.frames)).size).toBe(a.frames.length);
  });
});
