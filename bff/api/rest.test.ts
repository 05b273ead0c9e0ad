import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  createFakeAggregator,
  createUser,
  openTestPostgres,
  readAnswer,
  startTestBff,
  type TestBff,
  type TestUser,
} from '../kit/bff.js';

let postgres: Postgres;
let bff: TestBff;
let user: TestUser;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { maxCoinsPerProfile: 3 } });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});
afterEach(() => {
  bff.aggregator.down = false;
});

const change = (symbol: unknown, quantity: unknown) =>
  bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
const remove = (symbol: string) => bff.call(user, 'DELETE', '/api/v1/profile/coins', { symbol });
const held = async () => {
  const { body } = await bff.call(user, 'GET', '/api/v1/profile');
  return Object.fromEntries(body.Coins.map((coin) => [coin.Symbol, coin.Quantity]));
};
const expectProblem = ({ status, headers, body }: Answer, expected: number, detail: RegExp, field?: string) => {
  expect({ status, body }).toMatchObject({
    status: expected,
    body: { status: expected, detail: expect.stringMatching(detail) },
  });
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const [, reason] = /^urn:tickfolio:problem:([a-z-]+)$/.exec(body.code) ?? [];
  expect(body.type).toBe(`/docs/errors/${reason}`);
  expect(body.title).toEqual(expect.any(String));
  if (field) expect(body.errors).toContainEqual(expect.objectContaining({ field, message: expect.any(String) }));
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|\.js:|select |insert /);
};

describe('the profile', () => {
  it('has the shape of the contract', async () => {
    user = createUser(systemClock);
    expect(await bff.call(user, 'POST', '/api/v1/profile')).toMatchObject({
      status: 201,
      body: { message: 'profile created successfully' },
    });
    expect((await bff.call(user, 'POST', '/api/v1/profile')).status).toBe(201);
    const coin = await change('BtcUsdt', '1.50');
    expect(coin.status).toBe(200);
    expect(coin.body).toEqual({
      ID: expect.any(Number),
      CreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      UpdatedAt: expect.any(String),
      DeletedAt: null,
      Symbol: 'btcusdt',
      Quantity: '1.5',
      UserID: user.userId,
      Version: 1,
      ChangeID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const { ChangeID: _, ...kept } = coin.body;
    const profile = await bff.call(user, 'GET', '/api/v1/profile');
    expect(profile.status).toBe(200);
    expect(profile.body).toEqual({ ID: user.userId, Name: user.name, Coins: [kept], Version: 1 });
    expect(Object.keys(profile.body)).toEqual(['ID', 'Name', 'Coins', 'Version']);
    expect(Object.keys(kept)).toEqual([
      'ID',
      'CreatedAt',
      'UpdatedAt',
      'DeletedAt',
      'Symbol',
      'Quantity',
      'UserID',
      'Version',
    ]);
  });

  it('comes into being on first use', async () => {
    user = createUser(systemClock);
    expect((await bff.call(user, 'GET', '/api/v1/profile')).body).toEqual({
      ID: user.userId,
      Name: user.name,
      Coins: [],
      Version: 0,
    });
    user = createUser(systemClock);
    expect((await change('btcusdt', '1')).status).toBe(200);
  });

  it.each([
    ['no token', undefined],
    ['a token that is none', 'nonsense'],
    ['a token of somebody else', createUser(systemClock).token.replace(/\.[^.]+$/, '.AAAA')],
    ['a token that ran out', createUser({ ...systemClock, now: () => Date.now() - 3_600_000 }, 60_000).token],
  ])('is refused with 401 for %s', async (_what, token) => {
    for (const [method, path] of [
      ['GET', '/api/v1/profile'],
      ['POST', '/api/v1/profile'],
      ['POST', '/api/v1/profile/coins'],
      ['DELETE', '/api/v1/profile/coins'],
    ] as const) {
      const answer = await bff.call(token === undefined ? undefined : { token }, method, path);
      expectProblem(answer, 401, /token/);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });
});

describe('changing coins', () => {
  it('adds and takes away exactly, and removes at zero', async () => {
    user = createUser(systemClock);
    await change('btcusdt', '0.1');
    expect((await change('btcusdt', '0.2')).body.Quantity).toBe('0.3');
    expect((await change('BTCUSDT', '-0.05')).body.Quantity).toBe('0.25');
    expectProblem(await change('btcusdt', '-0.250000000000000001'), 409, /0\.25 btcusdt is held/);
    expect(await held()).toEqual({ btcusdt: '0.25' });
    expect((await change('btcusdt', '-0.25')).body).toMatchObject({ Quantity: '0', Symbol: 'btcusdt' });
    expect(await held()).toEqual({});
    expectProblem(await change('btcusdt', '-1'), 409, /No btcusdt is held/);
    expect((await change('btcusdt', '-1')).body.errors).toMatchObject([{ field: 'symbol', reason: 'not-held' }]);
    expectProblem(await remove('btcusdt'), 404, /No btcusdt is held/);
    await change('ethusdt', '7');
    expect((await remove('ETHUSDT')).body).toEqual({
      message: 'coin successfully deleted',
      Symbol: 'ethusdt',
      Quantity: '7',
      Version: 6,
      ChangeID: expect.any(String),
    });
    expect(await held()).toEqual({});
  });

  it('keeps 20 digits before the point and 18 after, and refuses more', async () => {
    user = createUser(systemClock);
    const most = `${'9'.repeat(20)}.${'9'.repeat(18)}`;
    expect((await change('btcusdt', most)).body.Quantity).toBe(most);
    expectProblem(await change('btcusdt', '0.000000000000000001'), 409, /more than 20 digits/);
    expectProblem(await change('btcusdt', most), 409, /more than 20 digits/, 'quantity');
    // The page says it in its own language.
    expect((await change('btcusdt', most)).body.errors).toMatchObject([
      { field: 'quantity', reason: 'quantity-too-large' },
    ]);
    expect(await held()).toEqual({ btcusdt: most });
    expect((await change('btcusdt', `-${'9'.repeat(20)}.${'9'.repeat(17)}8`)).body.Quantity).toBe(
      '0.000000000000000001',
    );
    expectProblem(await change('btcusdt', '0.0000000000000000001'), 400, /At most 18 decimals/, 'quantity');
    expectProblem(await change('btcusdt', `1${'0'.repeat(20)}`), 400, /At most 20 digits/, 'quantity');
  });

  it.each([
    ['a JSON number', 1.5, /not a JSON number/],
    ['zero', '0', /Zero changes nothing/],
    ['a longer zero', '-0.000', /Zero changes nothing/],
    ['an exponent', '1e3', /Not a decimal number/],
    ['an empty text', '', /Not a decimal number/],
    ['a comma', '1,5', /Not a decimal number/],
    ['Infinity', 'Infinity', /Not a decimal number/],
    ['nothing', undefined, /is required/],
    ['null', null, /quantity must be a text such as "1\.5", not null\.$/],
    ['an object', {}, /quantity must be a text such as "1\.5", not an object\.$/],
    ['a list', ['1'], /not a list\.$/],
    ['true', true, /not true\.$/],
    ['a text past all bounds', '1'.repeat(5_000), /at most 100/],
  ])('refuses %s as quantity', async (_what, quantity, why) => {
    user = createUser(systemClock);
    expectProblem(await change('btcusdt', quantity), 400, why, 'quantity');
    expect(await held()).toEqual({});
  });

  it.each([
    ['btc', /does not list "btc"\. Did you mean btcusdt\?/],
    ['btc-usdt', /Did you mean btcusdt\?/],
    ['ETH/BTC', /Did you mean ethbtc\?/],
    ['btcudst', /Did you mean btcusdt\?/],
    ['dogusdt', /Did you mean dogeusdt\?/],
    ['zzzzzzzzzz', /does not list "zzzzzzzzzz"\.$/],
    ['oldusdt', /no longer trades oldusdt/],
    ['usdttry', /priced in TRY, which cannot be converted to USDT: tryusdt is not traded/],
    ['btcold', /priced in OLD/],
  ])('refuses the symbol %s with 422', async (symbol, why) => {
    user = createUser(systemClock);
    expectProblem(await change(symbol, '1'), 422, why, 'symbol');
    expect(await held()).toEqual({});
  });

  it('answers a mistyped symbol with 422 for a decrease too', async () => {
    user = createUser(systemClock);
    expectProblem(await change('btc', '-1'), 422, /Did you mean btcusdt\?/, 'symbol');
  });

  it('takes a symbol that pauses, and one that is converted', async () => {
    user = createUser(systemClock);
    expect((await change('pausedusdt', '1')).status).toBe(200);
    expect((await change('ethbtc', '1')).status).toBe(200);
    expect((await change('bnbeth', '1')).status).toBe(200);
  });

  it('refuses a coin past the limit, not more of a held one', async () => {
    user = createUser(systemClock);
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) expect((await change(symbol, '1')).status).toBe(200);
    expectProblem(await change('dogeusdt', '1'), 409, /at most 3 different coins/);
    expect((await change('btcusdt', '1')).body.Quantity).toBe('2');
  });

  it('works for held coins while the symbol list cannot be had, and answers 503 for new ones', async () => {
    user = createUser(systemClock);
    await change('btcusdt', '1');
    const { client, fake } = createFakeAggregator();
    fake.down = true;
    const lonely = await startTestBff({ postgres, deps: { aggregator: client } });
    const ask = (symbol: string, quantity: string) =>
      lonely.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
    expect((await ask('btcusdt', '2')).body.Quantity).toBe('3');
    expect((await ask('btcusdt', '-1')).body.Quantity).toBe('2');
    const refused = await ask('ethusdt', '1');
    expectProblem(refused, 503, /list of symbols is not known yet/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await lonely.call(undefined, 'GET', '/ready')).body).toMatchObject({
      status: 'ready',
      dependencies: { aggregator: { status: 'down' } },
    });
    fake.down = false;
    await until(async () => (await ask('ethusdt', '1')).status === 200);
    await lonely.close();
  });
});

describe('bodies', () => {
  const send = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${bff.url}/api/v1/profile/coins`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${user.token}`, ...headers },
    });

  it.each([
    ['no JSON', '{"symbol":', /not valid JSON/],
    ['nothing', '', /body must be a JSON object\.$/],
    ['a list', '[]', /body must be a JSON object, not a list/],
    ['null', 'null', /body must be a JSON object\.$/],
    ['an unknown field', '{"symbol":"btcusdt","quantity":"1","price":"2"}', /price is not a known field/],
    ['a prototype', '{"symbol":"btcusdt","quantity":"1","__proto__":{"a":1}}', /key "__proto__"/],
    [
      'a prototype deep inside',
      '{"symbol":"btcusdt","quantity":"1","x":{"constructor":{"prototype":{}}}}',
      /"constructor" with a "prototype"/,
    ],
    ['one key twice', '{"symbol":"btcusdt","quantity":"1","symbol":"ethusdt"}', /symbol stands there twice/],
    [
      'one key twice, spelled in another way',
      '{"symbol":"btcusdt","quantity":"1","\\u0073ymbol":"ethusdt"}',
      /symbol stands there twice/,
    ],
    [
      'one key twice deep inside',
      '{"symbol":"btcusdt","quantity":"1","x":[{"a":{"b":1,"b":1}}]}',
      /b stands there twice/,
    ],
    ['half a character', '{"symbol":"btc\\ud800usdt","quantity":"1"}', /symbol must be whole Unicode characters/],
    [
      'half a character in a key',
      '{"symbol":"btcusdt","quantity":"1","\\udfff":1}',
      /must be whole Unicode characters/,
    ],
    [
      'a symbol that is a number',
      '{"symbol":7,"quantity":"1"}',
      /symbol must be a text such as "btcusdt", not a number/,
    ],
    ['an empty symbol', '{"symbol":"","quantity":"1"}', /symbol must not be empty/],
    ['two faults', '{"quantity":2}', /symbol is required.*JSON number|JSON number.*symbol is required/],
  ])('with %s are refused with 400', async (_what, body, why) => {
    user = createUser(systemClock);
    expectProblem(await readAnswer(await send(body)), 400, why);
  });
  it('may say one key in several objects, and have in a text what looks like one', async () => {
    const body = '{"symbol":"btcusdt","quantity":"\\"symbol\\": 1, \\\\","x":[{"symbol":1},{"symbol":"symbol"}]}';
    expectProblem(await readAnswer(await send(body)), 400, /^The request is not valid: x is not a known field/);
  });
  it('of brackets alone, 16 KiB of them, are looked through', async () => {
    expectProblem(await readAnswer(await send('['.repeat(8_000) + ']'.repeat(8_000))), 400, /not a list/);
  });
  it('of another type are refused', async () => {
    expectProblem(
      await readAnswer(await send('symbol=btcusdt', { 'content-type': 'application/x-www-form-urlencoded' })),
      415,
      /application\/json/,
    );
    expectProblem(await readAnswer(await send('{}', { 'content-type': 'text/plain' })), 415, /application\/json/);
    expectProblem(
      await readAnswer(await send('{}', { 'content-type': 'application/json; charset=utf-16' })),
      400,
      /not valid|required/,
    );
  });
  it('past 16 KiB are refused with 413', async () => {
    expectProblem(await readAnswer(await send(JSON.stringify({ symbol: 'x'.repeat(17_000) }))), 413, /too large/);
  });
  it('are not needed where the type is set all the same', async () => {
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
    expect((await fetch(`${bff.url}/api/v1/profile`, { method: 'POST', headers })).status).toBe(201);
  });
});

describe('around the contract', () => {
  it('refuses control characters in a symbol, which the database could not take', async () => {
    for (const quantity of ['1', '-1']) expectProblem(await change('btc\u0000', quantity), 400, /./, 'symbol');
  });
  it('names the ranges that there are, once, to who asks for another', async () => {
    const answer = await bff.call(user, 'GET', '/api/v1/profile/value?range=2h');
    expectProblem(answer, 400, /^The request is not valid: range must be one of 1h, 24h, 7d, 30d, 1y, all\.$/, 'range');
    expectProblem(
      await bff.call(user, 'GET', '/api/v1/coins/btcusdt/candles?range='),
      400,
      /range must be one of 1h, 6h,/,
      'range',
    );
  });
  it('answers an unreadable URL with a problem too', async () => {
    const answer = await fetch(`${bff.url}/api/v1/%zz`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
  it('answers what is not there as a problem', async () => {
    expectProblem(await bff.call(undefined, 'GET', '/api/v2'), 404, /nothing at GET \/api\/v2/);
    expectProblem(await bff.call(user, 'PATCH', '/api/v1/profile/nowhere'), 404, /nothing at PATCH/);
  });
  it.each([
    ['PATCH', '/api/v1/profile', 'GET, HEAD, POST'],
    ['GET', '/api/v1/profile/coins', 'DELETE, POST'],
    ['GET', '/api/v1/auth/login', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/api/v1/ws', 'GET, HEAD'],
    ['PUT', '/openapi.json', 'GET, HEAD'],
  ])('answers %s %s with 405 and what the address takes', async (method, path, allowed) => {
    const answer = await bff.call(undefined, method, path);
    expectProblem(answer, 405, /does not take/);
    expect(answer.headers.get('allow')).toBe(allowed);
  });
  it('carries a request id in and out', async () => {
    const given = await fetch(`${bff.url}/health`, { headers: { 'x-request-id': 'abc-123' } });
    expect(given.headers.get('x-request-id')).toBe('abc-123');
    const bad = await fetch(`${bff.url}/health`, { headers: { 'x-request-id': 'a b"c' } });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
  it('says that it is not known whether prices are simulated until the aggregator has said so', async () => {
    const { client, fake } = createFakeAggregator();
    const simulated = async (lonely: TestBff) => (await lonely.call(undefined, 'GET', '/ready')).body.simulated;
    fake.down = true;
    const lonely = await startTestBff({ postgres, deps: { aggregator: client } });
    expect(await simulated(lonely)).toBeNull();
    fake.down = false;
    await until(async () => (await simulated(lonely)) === false);
    await lonely.close();
  });
  it('is ready while its embedded database is busy with somebody else for a moment', async () => {
    const ping = async () => void (await new Promise((resolve) => setTimeout(resolve, 1_200)));
    const busy = await startTestBff({ postgres: { ...postgres, ping } });
    expect((await busy.call(undefined, 'GET', '/ready')).status).toBe(200);
    await busy.close();
  });
  it('names each dependency in /ready', async () => {
    const { status, body } = await bff.call(undefined, 'GET', '/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ready',
      simulated: false,
      dependencies: {
        'profile-database': { status: 'ok', required: true },
        'price-bus': { status: 'ok', required: true },
        authorization: { status: 'ok', required: false },
        aggregator: { status: 'ok', required: false },
      },
    });
    bff.auth.state.down = true;
    expect((await bff.call(undefined, 'GET', '/ready')).body).toMatchObject({
      status: 'ready',
      dependencies: { authorization: { status: 'down' } },
    });
    bff.auth.state.down = false;
  });
  it('names in /ready what stands beside it in its process, and is ready without it', async () => {
    const beside = [{ name: 'exchange-streams', required: true, check: () => 'the exchange answered HTTP 451' }];
    const one = await startTestBff({ postgres, deps: { beside } });
    expect(await one.call(undefined, 'GET', '/ready')).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        dependencies: {
          'exchange-streams': { status: 'down', required: false, reason: 'the exchange answered HTTP 451' },
        },
      },
    });
    await one.close();
  });
  it('serves metrics without a user in a label', async () => {
    const { text } = await bff.call(undefined, 'GET', '/metrics');
    expect(text).toMatch(
      /tickfolio_bff_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/profile\/coins",status="200"\}/,
    );
    expect(text).toMatch(/tickfolio_bff_sockets 0/);
    expect(text).not.toContain(user.userId);
  });
  it('describes itself in OpenAPI, with every route and example, and shows a page that its own policy lets work', async () => {
    const { text } = await bff.call(undefined, 'GET', '/openapi.json');
    const body = JSON.parse(text);
    expect(body.openapi).toMatch(/^3\.1/);
    const paths = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path.replace(/(.)\/$/, '$1')}`),
    );
    // What other people's programs rely on; all of it is compared with api/openapi.json (openapi.test.ts).
    expect(paths).toEqual(
      expect.arrayContaining([
        'delete /api/v1/profile/coins',
        'get /api/v1/auth/cookie',
        'get /api/v1/coins/{symbol}/candles',
        'get /api/v1/profile',
        'get /api/v1/profile/basis',
        'get /api/v1/profile/day',
        'get /api/v1/profile/frame',
        'get /api/v1/profile/receipt',
        'get /api/v1/profile/trails',
        'get /api/v1/profile/value',
        'get /api/v1/symbols',
        'get /api/v1/ws',
        'get /health',
        'get /metrics',
        'get /ready',
        'post /api/v1/auth/login',
        'post /api/v1/auth/logout',
        'post /api/v1/auth/logout-everywhere',
        'post /api/v1/auth/refresh',
        'post /api/v1/auth/register',
        'post /api/v1/profile',
        'post /api/v1/profile/changes/{id}/undo',
        'post /api/v1/profile/coins',
      ]),
    );
    const coins = body.paths['/api/v1/profile/coins'].post;
    expect(coins.security).toEqual([{ bearerAuth: [] }]);
    expect(coins.requestBody.content['application/json'].schema.properties.quantity.examples).toEqual(['1.5']);
    expect(Object.keys(coins.responses)).toEqual([
      '200',
      '400',
      '401',
      '409',
      '413',
      '415',
      '422',
      '429',
      '503',
      '504',
    ]);
    expect((await bff.call(undefined, 'GET', '/')).headers.get('location')).toBe('/docs');
  });
  it('closes in time although a client does not take its answer', async () => {
    const documents = await temporaryFolder();
    await writeFile(join(documents.path, 'index.html'), '');
    await writeFile(join(documents.path, 'large.json'), Buffer.alloc(16 * 1_048_576));
    const slow = await startTestBff({ postgres, options: { drainMs: 200, documentsFolder: documents.path } });
    const answer = await fetch(`${slow.url}/docs/large.json`);
    await slow.close(); // It still has not taken anything.
    await answer.body?.cancel().catch(() => undefined);
    await documents.remove();
  });
  it('sets the usual security headers', async () => {
    const { headers } = await bff.call(undefined, 'GET', '/health');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('strict-transport-security')).toBeNull(); // This one runs as ENV=local does.
  });
});
