import { request } from 'node:http';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { eventually, until } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from './app.js';
import { connect, refusalOf } from './kit/client.js';
import { exchangeLimits } from './limits.js';

let sim: ExchangeSim | undefined;
const start = async (
  options: ExchangeSimOptions = {},
): Promise<{ readonly sim: ExchangeSim; readonly clock: ManualClock }> => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 4, ...options });
  return { sim, clock };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const pings = async (client: Awaited<ReturnType<typeof connect>>) => {
  const seen: string[] = [];
  client.ws.on('ping', (payload) => seen.push(payload.toString()));
  return seen;
};

describe('limits of a connection', () => {
  it('closes at the sixth message within a second, whatever its kind', async () => {
    const { sim } = await start();
    const client = await connect(`${sim.url}/ws`);
    client.ws.ping();
    client.ws.pong();
    for (let id = 1; id <= 3; id++) await client.ask({ method: 'LIST_SUBSCRIPTIONS', id });
    client.ws.ping();
    expect(await client.closed).toEqual({ code: 1008, reason: 'Too many requests' });
  });

  it('allows five a second for as long as one likes', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`);
    for (let second = 0; second < 4; second++) {
      for (let i = 0; i < 5; i++) await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: second * 5 + i });
      clock.advance(1_000);
    }
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('takes 1024 streams and not one more', async () => {
    const { sim } = await start();
    const client = await connect(`${sim.url}/ws`);
    const names = Array.from({ length: 1_025 }, (_, i) => `coin${i}usdt@aggTrade`);
    expect(await client.ask({ method: 'SUBSCRIBE', params: names.slice(0, 1_024), id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    expect(await client.ask({ method: 'SUBSCRIBE', params: names.slice(1_023), id: 2 })).toMatchObject({ code: 2 });
    expect((await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 })).result).toHaveLength(1_024);
  });

  it('refuses a WebSocket at an address that cannot be read, and goes on', async () => {
    const { sim } = await start();
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'eDp6LXJldmlldy1rZXktMQ==',
      'sec-websocket-version': '13',
    };
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: sim.port, path: '//', headers: upgrade });
      asked.on('response', ({ statusCode }) => resolve(statusCode));
      asked.on('error', reject).end();
    });
    expect(status).toBe(400);
    await connect(`${sim.url}/ws`);
  });

  it('takes 1024 streams in the address and not one more', async () => {
    const { sim } = await start();
    const names = Array.from({ length: 1_025 }, (_, i) => `coin${i}usdt@miniTicker`);
    const client = await connect(`${sim.url}/stream?streams=${names.slice(1).join('/')}`);
    expect((await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1 })).result).toHaveLength(1_024);
    expect(await refusalOf(`${sim.url}/ws/${names.join('/')}`)).toMatchObject({ status: 400 });
  });

  it('closes on an oversized message', async () => {
    const { sim } = await start({ limits: { maxMessageBytes: 1_000 } });
    const client = await connect(`${sim.url}/ws`);
    client.send('x'.repeat(1_001));
    expect((await client.closed).code).toBe(1009);
  });

  it('cuts a client that does not read, and only that one', async () => {
    const { sim, clock } = await start({ symbols: 300, tradeRate: 300, limits: { maxSendBufferBytes: 1_048_576 } });
    const streams = [...sim.listings.values()].map(({ spec }) => `${spec.symbol.toLowerCase()}@aggTrade`).join('/');
    const lazy = await connect(`${sim.url}/stream?streams=${streams}`);
    const reading = await connect(`${sim.url}/ws/eurusdt@miniTicker`);
    lazy.ws.pause();
    await eventually('the cut', () => {
      clock.advance(100);
      return sim.connections().length === 1;
    });
    expect(reading.ws.readyState).toBe(reading.ws.OPEN);
  });
});

describe('connection attempts', () => {
  it('refuses the 301st within five minutes with 429, and lets in again afterwards', async () => {
    const { sim, clock } = await start({ limits: { connectionAttempts: 5 } });
    for (let i = 0; i < 5; i++) expect(await refusalOf(`${sim.url}/ws`)).toBeUndefined();
    expect(await refusalOf(`${sim.url}/ws`)).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    clock.advance(300_001);
    expect(await refusalOf(`${sim.url}/ws`)).toBeUndefined();
  });
});

describe('pings', () => {
  it('come every 20 s; a client that answers stays', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`);
    const seen = await pings(client);
    for (let round = 1; round <= 6; round++) {
      clock.advance(20_000);
      await until(() => seen.length === round);
      // A reply after the pong shows that the pong has arrived before time moves on.
      await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: round });
    }
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('cut the connection when no pong comes within a minute', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`, { autoPong: false });
    clock.advance(79_000);
    await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    clock.advance(1_001);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Pong timeout' });
  });

  it('are not answered by pongs with another payload', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`, { autoPong: false });
    for (let i = 0; i < 4; i++) {
      clock.advance(20_000);
      client.ws.pong('something else');
      if (i < 3) await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: i });
    }
    expect((await client.closed).code).toBe(1008);
  });
});

describe('the 24-hour cut', () => {
  it('is announced and comes at the set age, raw and combined', async () => {
    const { sim, clock } = await start({
      limits: { connectionLifetimeMs: 60_000, shutdownNoticeMs: 10_000, pingIntervalMs: 3_600_000 },
    });
    const raw = await connect(`${sim.url}/ws`);
    const combined = await connect(`${sim.url}/stream`);
    clock.advance(49_990);
    const event = { e: 'serverShutdown', E: clock.now() + 10 };
    clock.advance(20);
    expect(await raw.frame(() => true)).toEqual(event);
    expect(await combined.frame(() => true)).toEqual({ stream: '!serverShutdown', data: event });
    expect(raw.ws.readyState).toBe(raw.ws.OPEN);
    clock.advance(10_000);
    expect((await raw.closed).code).toBe(1001);
    expect((await combined.closed).code).toBe(1001);
  });
});

it('the limits are the exchange’s documented ones unless set', () => {
  expect(exchangeLimits).toMatchObject({
    messagesPerSecond: 5,
    streamsPerConnection: 1_024,
    connectionAttempts: 300,
    attemptWindowMs: 5 * 60_000,
    pingIntervalMs: 20_000,
    pongTimeoutMs: 60_000,
    connectionLifetimeMs: 24 * 3_600_000,
    weightPerMinute: 6_000,
  });
});

describe('closing the simulator', () => {
  it('says goodbye with 1001, and cuts who does not answer', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`);
    const deaf = await connect(`${sim.url}/ws`);
    deaf.ws.pause();
    const closing = sim.close();
    expect((await client.closed).code).toBe(1001);
    clock.advance(1_000);
    await closing;
    deaf.ws.terminate();
  });

  it('can be closed more than once', async () => {
    const { sim } = await start();
    await Promise.all([sim.close(), sim.close()]);
    await sim.close();
  });

  it('names a port in use and how to move it', async () => {
    const { sim } = await start();
    const second = startExchangeSim(
      { clock: createManualClock(), log: silentLogger() },
      { address: { host: '127.0.0.1', port: sim.port }, symbols: 1 },
    );
    await expect(second).rejects.toThrow(new RegExp(`Port ${sim.port} .* in use.*--port`));
  });
});
