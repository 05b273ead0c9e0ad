import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from '../app.js';
import { connect, getJson, refusalOf, type TestClient } from '../kit/client.js';
import type { FaultInput } from './fault.js';

let sim: ExchangeSim | undefined;
const start = async (options: ExchangeSimOptions = {}) => {
  const clock = createManualClock();
  // Five times the normal rate, so that a few seconds hold enough trades.
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 4, tradeRate: 5, ...options });
  return { sim, clock };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const btc = 'btcusdt@aggTrade';
const eth = 'ethusdt@aggTrade';
const idsOf = (client: TestClient, stream = btc): number[] =>
  client.frames.filter((f) => f.stream === stream).map((f) => f.data.a);
/** What the market made on a stream since an id. */
const made = (from: number, symbol = 'btcusdt'): number[] =>
  (sim?.trades(symbol, from, 100_000) ?? []).map(({ id }) => id);
const nextId = (symbol = 'BTCUSDT'): number => sim?.listings.get(symbol)?.trades.endId ?? 0;
/** Waits until everything sent so far has arrived: replies are never held back by faults. */
const settle = async (client: TestClient) =>
  void (await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: Math.floor(performance.now() * 1_000) }));
const streamed = async (sim: ExchangeSim) => connect(`${sim.url}/stream?streams=${btc}/${eth}`);

describe('faults on frames', () => {
  it('drop: the next n frames of one stream', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const [b, e] = [nextId(), nextId('ETHUSDT')];
    sim.faults.add({ kind: 'drop', stream: btc, count: 7 });
    clock.advance(3_000);
    await settle(client);
    expect(idsOf(client)).toEqual(made(b).slice(7));
    expect(idsOf(client, eth)).toEqual(made(e, 'ethusdt'));
    expect(sim.faults.list()).toEqual([]);
  });

  it('drop: with a probability drawn from the seed, so that a run can be repeated', async () => {
    const runOnce = async (seed: string) => {
      const { sim, clock } = await start({ seed });
      const client = await streamed(sim);
      const from = nextId();
      sim.faults.add({ kind: 'drop', probability: 0.3 });
      clock.advance(5_000);
      await settle(client);
      const got = idsOf(client);
      const share = got.length / made(from).length;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.95);
      await sim.close();
      return got;
    };
    expect(await runOnce('a')).toEqual(await runOnce('a'));
  });

  it('duplicate: every frame twice, in place', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const from = nextId();
    sim.faults.add({ kind: 'duplicate', stream: btc, forMs: 2_000 });
    clock.advance(2_000);
    await settle(client);
    const twice = idsOf(client);
    expect(twice.length).toBeGreaterThan(10);
    expect(twice).toEqual(made(from).flatMap((id) => [id, id]));
    expect(sim.faults.list()).toEqual([]);
  });

  it('reorder: neighbours change places, nothing is lost', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const from = nextId();
    sim.faults.add({ kind: 'reorder', stream: btc, count: 5 });
    clock.advance(5_000);
    await settle(client);
    const ids = idsOf(client);
    const expected = made(from);
    for (let i = 0; i < 10; i += 2) expected.splice(i, 2, expected[i + 1] ?? 0, expected[i] ?? 0);
    expect(ids).toEqual(expected);
  });

  it('reorder: a frame without a follower is sent after a second all the same', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    sim.faults.add({ kind: 'reorder', stream: btc, count: 1 });
    const from = nextId();
    while (nextId() === from) clock.advance(1);
    const last = nextId();
    sim.faults.add({ kind: 'status', symbol: 'btcusdt', status: 'HALT' });
    clock.advance(1_001);
    await settle(client);
    expect(idsOf(client).toSorted()).toEqual(made(from).filter((id) => id < last));
  });

  it('stall, hold: one stream is silent, then everything comes late and in order', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const from = nextId();
    sim.faults.add({ kind: 'stall', stream: btc, mode: 'hold', forMs: 5_000 });
    clock.advance(4_900);
    await settle(client);
    expect(idsOf(client)).toEqual([]);
    expect(idsOf(client, eth).length).toBeGreaterThan(20);
    clock.advance(1_000);
    await settle(client);
    expect(idsOf(client)).toEqual(made(from));
  });

  it('stall, lose: everything is silent, what happened meanwhile never comes', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    sim.faults.add({ kind: 'stall', mode: 'lose', forMs: 5_000 });
    clock.advance(5_000);
    await settle(client);
    expect(client.frames.filter((f) => f.stream)).toEqual([]);
    const from = nextId();
    clock.advance(3_000);
    await settle(client);
    expect(idsOf(client)).toEqual(made(from));
  });

  it('touch only the connection they name', async () => {
    const { sim, clock } = await start();
    const [one, two] = [await streamed(sim), await streamed(sim)];
    const from = nextId();
    sim.faults.add({ kind: 'stall', connection: sim.connections()[0]?.id ?? 0, mode: 'lose', forMs: 60_000 });
    clock.advance(3_000);
    await Promise.all([settle(one), settle(two)]);
    expect(idsOf(one)).toEqual([]);
    expect(idsOf(two)).toEqual(made(from));
  });

  it('combine', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const from = nextId();
    sim.faults.add({ kind: 'drop', stream: btc, count: 2 });
    sim.faults.add({ kind: 'duplicate', stream: btc, count: 1 });
    clock.advance(3_000);
    await settle(client);
    const [first = 0, ...rest] = made(from).slice(2);
    expect(idsOf(client)).toEqual([first, first, ...rest]);
  });
});

describe('faults on connections', () => {
  it('close: with a code, without a word, all or one', async () => {
    const { sim } = await start();
    const clients = [await streamed(sim), await streamed(sim), await streamed(sim)] as const;
    expect(
      sim.faults.add({ kind: 'close', connection: sim.connections()[0]?.id ?? 0, code: 1012, reason: 'restart' }).hits,
    ).toBe(1);
    expect(await clients[0].closed).toEqual({ code: 1012, reason: 'restart' });
    await until(() => sim.connections().length === 2);
    expect(sim.faults.add({ kind: 'close' }).hits).toBe(2);
    for (const client of clients.slice(1)) expect((await client.closed).code).toBe(1006);
  });

  it('shutdown: announced, then cut', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    sim.faults.add({ kind: 'shutdown', afterMs: 3_000 });
    expect(await client.frame((f) => f.stream === '!serverShutdown')).toEqual({
      stream: '!serverShutdown',
      data: { e: 'serverShutdown', E: clock.now() },
    });
    clock.advance(2_900);
    await settle(client);
    clock.advance(200);
    expect((await client.closed).code).toBe(1001);
  });

  it('refuse: with each status, then let in again', async () => {
    const { sim, clock } = await start();
    for (const status of [451, 403, 429, 503] as const) {
      sim.faults.add({ kind: 'refuse', status, forMs: 1_000 });
      expect(await refusalOf(`${sim.url}/ws`)).toMatchObject({ status });
      expect((await getJson(`${sim.restUrl}/api/v3/ping`)).status).toBe(200);
      clock.advance(1_001);
      expect(await refusalOf(`${sim.url}/ws`)).toBeUndefined();
    }
  });

  it('refuse: 451 has the exchange’s body; REST too where asked', async () => {
    const { sim } = await start();
    sim.faults.add({ kind: 'refuse', status: 451, scope: 'all', forMs: 1_000 });
    expect((await refusalOf(`${sim.url}/ws`))?.body).toContain('restricted location');
    const answer = await getJson(`${sim.restUrl}/api/v3/ping`);
    expect(answer).toMatchObject({ status: 451, body: { code: 0 } });
  });

  it('refuse: by breaking the TCP connection', async () => {
    const { sim } = await start();
    sim.faults.add({ kind: 'refuse', status: 'reset', scope: 'all', forMs: 1_000 });
    expect(await refusalOf(`${sim.url}/ws`)).toMatchObject({ status: 0 });
    await expect(fetch(`${sim.restUrl}/api/v3/ping`)).rejects.toThrow();
  });

  it('slowPong: answers pings late', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const pongs: string[] = [];
    client.ws.on('pong', (payload) => pongs.push(payload.toString()));
    sim.faults.add({ kind: 'slowPong', delayMs: 5_000, forMs: 10_000 });
    client.ws.ping('late');
    await settle(client);
    clock.advance(4_900);
    await settle(client);
    expect(pongs).toEqual([]);
    clock.advance(200);
    await until(() => pongs.length === 1);
    clock.advance(10_000);
    client.ws.ping('at once');
    await until(() => pongs.at(-1) === 'at once');
  });

  it('noPing: sends none, and nobody is cut for not answering', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/ws`, { autoPong: false });
    let pings = 0;
    client.ws.on('ping', () => pings++);
    sim.faults.add({ kind: 'noPing', forMs: 110_000 });
    clock.advance(109_000);
    await settle(client);
    expect(pings).toBe(0);
    clock.advance(12_000);
    await until(() => pings === 1);
  });
});

describe('other faults', () => {
  it('rest: fails the next n requests of a path', async () => {
    const { sim } = await start();
    sim.faults.add({ kind: 'rest', status: 503, count: 2, path: 'aggTrades' });
    const get = async (path: string) => (await getJson(`${sim.restUrl}/api/v3/${path}`)).status;
    expect(await get('time')).toBe(200);
    expect([
      await get('aggTrades?symbol=BTCUSDT'),
      await get('aggTrades?symbol=BTCUSDT'),
      await get('aggTrades?symbol=BTCUSDT'),
    ]).toEqual([503, 503, 200]);
  });

  it('rest: delays the real answer', async () => {
    const { sim, clock } = await start();
    sim.faults.add({ kind: 'rest', delayMs: 3_000 });
    let answered = false;
    const answer = getJson(`${sim.restUrl}/api/v3/ping`).then(({ status }) => {
      answered = true;
      return status;
    });
    await until(() => sim.faults.list().length === 0);
    clock.advance(2_900);
    await getJson(`${sim.restUrl}/api/v3/time`);
    expect(answered).toBe(false);
    clock.advance(200);
    expect(await answer).toBe(200);
  });

  it('status: a symbol leaves trading, falls silent, and exchangeInfo says so', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    sim.faults.add({ kind: 'status', symbol: 'btcusdt', status: 'BREAK' });
    clock.advance(5_000);
    await settle(client);
    expect(idsOf(client)).toEqual([]);
    expect((await getJson(`${sim.restUrl}/api/v3/exchangeInfo?symbol=BTCUSDT`)).body.symbols[0].status).toBe('BREAK');
    expect(() => sim.faults.add({ kind: 'status', symbol: 'nosuch', status: 'BREAK' })).toThrow(/nosuch/);
  });

  it('are refused when they are none, with the reason', async () => {
    const { sim } = await start();
    const wrong = { kind: 'drop', probability: 2 } satisfies FaultInput;
    expect(() => sim.faults.add(wrong)).toThrow(/probability/);
    for (let i = 0; i < 100; i++) sim.faults.add({ kind: 'noPing', forMs: 1_000 });
    expect(() => sim.faults.add({ kind: 'noPing' })).toThrow(/At most 100/);
  });
});

describe('/sim/faults', () => {
  it('starts, lists with hits, ends one and clears all', async () => {
    const { sim, clock } = await start();
    const client = await streamed(sim);
    const post = (body: unknown) =>
      getJson(`${sim.restUrl}/sim/faults`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const { status, body } = await post([
      { kind: 'stall', stream: btc, mode: 'lose', forMs: 60_000 },
      { kind: 'duplicate', stream: eth },
    ]);
    expect(status).toBe(200);
    clock.advance(2_000);
    await settle(client);
    const listed = await getJson(`${sim.restUrl}/sim/faults`);
    expect(listed.body.faults[0]).toMatchObject({ id: body.faults[0].id, fault: { kind: 'stall', mode: 'lose' } });
    expect(listed.body.faults[0].hits).toBeGreaterThan(5);
    expect((await getJson(`${sim.restUrl}/sim/faults/${body.faults[0].id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await getJson(`${sim.restUrl}/sim/faults/${body.faults[0].id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await getJson(`${sim.restUrl}/sim/faults`, { method: 'DELETE' })).body).toEqual({ faults: [] });
    expect((await post({ kind: 'close' })).body.faults[0].hits).toBe(1);
    expect((await client.closed).code).toBe(1006);
  });

  it('answers what is no fault with 400 and the reason', async () => {
    const { sim } = await start();
    const post = async (body: string) => getJson(`${sim.restUrl}/sim/faults`, { method: 'POST', body });
    expect(await post('{"kind":"explode"}')).toMatchObject({ status: 400 });
    expect((await post('{"kind":"stall"}')).body.error).toContain('forMs');
    expect(await post('no json')).toMatchObject({ status: 400 });
    expect(await post(`"${'x'.repeat(70_000)}"`)).toMatchObject({ status: 400 });
    expect(await post('null')).toMatchObject({ status: 400 });
    expect((await getJson(`${sim.restUrl}/sim/nothing`)).status).toBe(404);
    expect((await getJson(`${sim.restUrl}/sim/trades`)).status).toBe(400);
  });
});
