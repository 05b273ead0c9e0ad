import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Market } from '../feed/market.js';
import { everyShare } from '../publishing/shares.js';
import { buildHttp } from './http.js';
import { createRegistry, registryDefaults } from './registry.js';
import { createSubscriptions } from './subscriptions.js';
import type { SymbolList } from './symbol-list.js';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

const build = (known = true) => {
  const clock = createManualClock();
  const names = ['btcusdt', 'ethusdt'];
  /** What the exchange lists when it is asked again. */
  const coming: string[] = [];
  const looks: number[] = [];
  const list: SymbolList = {
    known,
    revision: known ? 'r1' : '',
    simulated: true,
    symbols: known
      ? names.map((symbol) => ({
          symbol,
          baseAsset: 'X',
          quoteAsset: 'USDT',
          status: 'TRADING',
          tickSize: '0.01',
          stepSize: '0.1',
          paused: false,
        }))
      : [],
    has: (symbol) => known && names.includes(symbol),
    fault: known ? undefined : 'not read yet',
    lookAgain: async () => {
      looks.push(names.length);
      names.push(...coming.splice(0));
    },
    close: () => undefined,
  };
  const market: Market = {
    follow: () => undefined,
    feedOf: (symbol) => (names.includes(symbol) ? { state: 'live', detail: '', sinceMs: 5 } : undefined),
    keep: () => undefined,
    prove: () => undefined,
    last: (symbol) => (symbol === 'btcusdt' ? { symbol, price: '1.5', timeMs: 7, tradeId: 9 } : undefined),
    exchangeTimeMs: undefined,
    fault: undefined,
    tickerFault: undefined,
    symbols: 0,
    missing: 0,
    close: () => undefined,
  };
  const registry = createRegistry(clock, () => undefined, { ...registryDefaults, maxHolds: 3, maxSymbols: 3 });
  let broken: string | undefined;
  const app = buildHttp({
    log: silentLogger(),
    list,
    subscriptions: createSubscriptions(registry, list, market, everyShare),
    operations: {
      metrics: createMetrics('aggregator'),
      dependencies: [
        { name: 'socket', required: true, check: () => broken },
        { name: 'event-log', required: false, check: () => 'Kafka is away' },
      ],
      facts: () => ({ simulated: list.simulated }),
    },
  });
  apps.push(app);
  return {
    app,
    registry,
    coming,
    looks,
    breakSocket: (reason: string) => {
      broken = reason;
    },
  };
};

describe('GET and DELETE /coin', () => {
  it('subscribes and unsubscribes, each as often as one likes', async () => {
    const { app, registry } = build();
    for (let i = 0; i < 3; i++) {
      const answer = await app.inject('/coin?symbol=BTCUSDT&id=u-1');
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        subscribed: true,
        symbol: 'btcusdt',
        id: 'u-1',
        symbolsRevision: 'r1',
        simulated: true,
        feeds: { btcusdt: { state: 'live', detail: '', sinceMs: 5 } },
        lastPrices: { btcusdt: { price: '1.5', timeMs: 7, tradeId: 9 } },
      });
    }
    expect(registry.holds).toBe(1);
    await app.inject('/coin?symbol=btcusdt&id=u-2');
    for (let i = 0; i < 3; i++) {
      const answer = await app.inject({ method: 'DELETE', url: '/coin?symbol=btcusdt&id=u-1' });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ subscribed: false, symbol: 'btcusdt', id: 'u-1' });
    }
    expect(registry.holds).toBe(1);
  });

  it.each([
    ['/coin', ['symbol', 'id']],
    ['/coin?symbol=btcusdt', ['id']],
    ['/coin?id=u-1', ['symbol']],
    ['/coin?symbol=&id=', ['symbol', 'id']],
    ['/coin?symbol=btc%20usdt&id=u-1', ['symbol']],
    ['/coin?symbol=btcusdt@aggTrade&id=u-1', ['symbol']],
    [`/coin?symbol=${'b'.repeat(33)}&id=u-1`, ['symbol']],
    ['/coin?symbol=btcusdt&symbol=ethusdt&id=u-1', ['symbol']],
    ['/coin?symbol=btcusdt&id=u%0a1', ['id']],
    [`/coin?symbol=btcusdt&id=${'u'.repeat(129)}`, ['id']],
  ])('%s is answered with 400 and names %j', async (url, fields) => {
    const { app, registry } = build();
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await app.inject({ method, url });
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json().errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    }
    expect(registry.holds).toBe(0);
  });

  it('refuses a symbol that the exchange does not list, once the list is known', async () => {
    const answer = await build().app.inject('/coin?symbol=nosuch&id=u-1');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ field: 'symbol' }] });
    expect((await build(false).app.inject('/coin?symbol=nosuch&id=u-1')).statusCode).toBe(200);
  });

  it('looks at the exchange’s list again before it refuses a symbol, so that a new listing is found', async () => {
    const { app, coming, looks } = build();
    coming.push('newusdt');
    expect((await app.inject('/coin?symbol=btcusdt&id=u-1')).statusCode).toBe(200);
    expect(looks).toEqual([]);
    expect((await app.inject('/coin?symbol=newusdt&id=u-1')).statusCode).toBe(200);
    expect((await app.inject('/coin?symbol=nosuch&id=u-1')).statusCode).toBe(422);
    expect(looks).toHaveLength(2);
    const set = { method: 'PUT', url: '/subscriptions/bff', payload: { symbols: ['delistedusdt'] } } as const;
    expect((await app.inject(set)).statusCode).toBe(200);
    expect(looks).toHaveLength(2); // Sets are told every two seconds, with whatever is delisted in them.
  });

  it('lets a symbol go that is no longer listed', async () => {
    const answer = await build().app.inject({ method: 'DELETE', url: '/coin?symbol=nosuch&id=u-1' });
    expect(answer.statusCode).toBe(200);
  });

  it('keeps a bounded number of subscriptions', async () => {
    const { app } = build();
    for (const id of ['a', 'b', 'c']) expect((await app.inject(`/coin?symbol=btcusdt&id=${id}`)).statusCode).toBe(200);
    const answer = await app.inject('/coin?symbol=btcusdt&id=d');
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('5');
    expect((await app.inject('/coin?symbol=btcusdt&id=a')).statusCode).toBe(200);
  });
});

describe('PUT /subscriptions/:holder', () => {
  const put = (app: FastifyInstance, holder: string, payload: string | object) =>
    app.inject({
      method: 'PUT',
      url: `/subscriptions/${holder}`,
      payload,
      headers: { 'content-type': 'application/json' },
    });

  it('replaces the whole set', async () => {
    const { app, registry } = build();
    await put(app, 'bff', { symbols: ['btcusdt', 'ETHUSDT', 'ethusdt'] });
    expect(registry.holds).toBe(2);
    await put(app, 'bff', { symbols: ['ethusdt'] });
    expect(registry.holds).toBe(1);
    const answer = await put(app, 'bff', { symbols: [] });
    expect(answer.json()).toEqual({ symbolsRevision: 'r1', simulated: true, feeds: {}, lastPrices: {} });
    expect(registry.holds).toBe(0);
  });

  it('answers a symbol that cannot be as unknown, and takes the others', async () => {
    const { app } = build();
    const symbols = ['btcusdt', 'no such', 'nosuch', '', '__proto__'];
    const answer = await put(app, 'bff', { symbols });
    expect(answer.statusCode).toBe(200);
    const { feeds } = answer.json() as { feeds: Record<string, { state: string }> };
    expect(Object.entries(feeds).map(([symbol, { state }]) => [symbol, state])).toEqual([
      ['btcusdt', 'live'],
      ['no such', 'unknown'],
      ['nosuch', 'unknown'],
      ['', 'unknown'],
      ['__proto__', 'unknown'],
    ]);
  });

  it.each([
    ['{', 'not JSON'],
    ['', 'empty'],
    ['[]', 'no object'],
    ['{}', 'no symbols'],
    ['{"symbols":"btcusdt"}', 'no list'],
    ['{"symbols":[1]}', 'a number'],
    ['{"symbols":[null]}', 'null'],
    [JSON.stringify({ symbols: ['x'.repeat(65)] }), 'a long text'],
    [JSON.stringify({ symbols: Array.from({ length: 30_001 }, () => 'x') }), 'too many'],
  ])('%.40s is answered with 400', async (payload) => {
    const answer = await put(build().app, 'bff', payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses a strange holder, a huge body and another content type', async () => {
    const { app } = build();
    expect((await put(app, 'b%20ff', { symbols: [] })).statusCode).toBe(400);
    expect((await put(app, 'b'.repeat(65), { symbols: [] })).statusCode).toBe(400);
    expect((await put(app, 'bff', { symbols: [], more: 'x'.repeat(600_000) })).statusCode).toBe(413);
    const answer = await app.inject({
      method: 'PUT',
      url: '/subscriptions/bff',
      payload: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.statusCode).toBe(400);
  });

  it('follows what fits of a set that is too large, and says why the rest is refused', async () => {
    const { app, registry } = build(false);
    await put(app, 'bff', { symbols: ['btcusdt'] });
    const answer = await put(app, 'bff', { symbols: ['a1', 'a2', 'a3', 'btcusdt'] });
    expect(answer.statusCode).toBe(200);
    const refused = { state: 'refused', detail: 'No more than 3 subscriptions are kept.', sinceMs: 0 };
    expect(answer.json().feeds).toMatchObject({
      a1: { state: 'pending' },
      a2: { state: 'pending' },
      a3: refused,
      btcusdt: { state: 'live' },
    });
    expect([...registry.symbols()]).toEqual(['btcusdt', 'a1', 'a2']);
  });

  it('gives no room to what the exchange does not list', async () => {
    const { app, registry } = build();
    const answer = await put(app, 'bff', { symbols: ['n1', 'n2', 'n3', 'n4', 'btcusdt'] });
    expect(answer.json().feeds).toMatchObject({ n1: { state: 'unknown' }, btcusdt: { state: 'live' } });
    expect([...registry.symbols()]).toEqual(['btcusdt']);
  });
});

describe('the rest', () => {
  it('serves the symbols with a tag, and only once for the same tag', async () => {
    const { app } = build();
    const first = await app.inject('/symbols');
    expect(first.statusCode).toBe(200);
    expect(first.headers.etag).toBe('"r1"');
    expect(first.json()).toMatchObject({
      revision: 'r1',
      simulated: true,
      symbols: [{ symbol: 'btcusdt', quoteAsset: 'USDT' }, {}],
    });
    for (const tag of ['"r1"', 'W/"r1"', '"r0", "r1"', '*']) {
      const again = await app.inject({ url: '/symbols', headers: { 'if-none-match': tag } });
      expect(again.statusCode).toBe(304);
      expect(again.body).toBe('');
    }
    expect((await app.inject({ url: '/symbols', headers: { 'if-none-match': '"r0"' } })).statusCode).toBe(200);
  });

  it('looks at the exchange’s list again for who asks for a fresh one', async () => {
    const { app, looks } = build();
    await app.inject('/symbols');
    expect(looks).toEqual([]);
    expect((await app.inject('/symbols?fresh=true')).statusCode).toBe(200);
    expect(looks).toHaveLength(1);
  });

  it('answers 503 for the symbols until they are known', async () => {
    const answer = await build(false).app.inject('/symbols');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('is ready without what it can do without, and says what is missing', async () => {
    const { app, breakSocket } = build();
    const well = await app.inject('/ready');
    expect(well.statusCode).toBe(200);
    expect(well.json()).toMatchObject({
      status: 'ready',
      simulated: true,
      dependencies: { 'event-log': { status: 'down' } },
    });
    breakSocket('nobody answers');
    const ill = await app.inject('/ready');
    expect(ill.statusCode).toBe(503);
    expect(ill.json()).toMatchObject({
      dependencies: { socket: { status: 'down', reason: 'nobody answers', required: true } },
    });
    expect((await app.inject('/health')).statusCode).toBe(200);
  });

  it('answers an unknown path and a wrong method with a problem', async () => {
    const { app } = build();
    const nothing = await app.inject('/nothing');
    expect(nothing.json()).toMatchObject({ status: 404, type: 'urn:tickfolio:problem:not-found' });
    for (const method of ['POST', 'HEAD'] as const) {
      const answer = await app.inject({ method, url: '/coin?symbol=btcusdt&id=1' });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET']);
      if (method !== 'HEAD')
        expect(answer.json()).toMatchObject({ status: 405, type: 'urn:tickfolio:problem:method-not-allowed' });
    }
  });
});
