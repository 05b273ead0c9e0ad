import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakeOrders } from '../kit/orders.js';

let postgres: Postgres;
let bff: TestBff;
const { client, state, asked, change, refusal } = createFakeOrders();
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, played: { orders: client } });
});
afterEach(() => Object.assign(state, { refuses: undefined, decides: true, down: false, isLate: false }));
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

const at = '/api/v1/orders';
type Told = Readonly<Record<string, unknown>>;
const call = async (...of: Parameters<TestBff['call']>) => {
  const { status, headers, body } = await bff.call(...of);
  return { status, headers, body: body as unknown as Told };
};
const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '68000.00' };
const reasonOf = ({ status, body }: { status: number; body: Told }) =>
  `${status} ${String(body.type).replace('/docs/errors/', '')}`;

describe('orders over REST', () => {
  it('are placed, read, listed and ended, each amount as text', async () => {
    const user = createUser(systemClock);
    const placed = await call(user, 'POST', at, { ...order, clientOrderId: 'my-1' });
    expect(placed).toMatchObject({
      status: 201,
      body: {
        ...{ id: expect.any(String), clientOrderId: 'my-1', symbol: 'btcusdt', side: 'BUY', type: 'LIMIT' },
        ...{ timeInForce: 'GTC', quantity: '0.5', quoteQuantity: null, price: '68000.00', stopPrice: null },
        ...{ status: 'NEW', working: true, filledQuantity: '0', filledQuote: '0', averagePrice: null, fees: [] },
        ...{ reserved: { asset: 'USDT', quantity: '34000' }, settled: true, reason: null, mode: 'paper' },
        ...{ executionId: null, simulatedPrices: false, version: 2, createdAt: '2026-11-30T10:00:00.000Z' },
      },
    });
    const own = `${at}/${placed.body.id}`;
    expect((await call(user, 'GET', own)).body).toEqual(placed.body);
    expect((await call(user, 'GET', at)).body).toEqual({ orders: [placed.body], next: null });
    change(String(placed.body.id), { status: 'PARTIALLY_FILLED', filledQuantity: '0.3', filledQuote: '20399.94' });
    expect((await call(user, 'GET', own)).body).toMatchObject({ averagePrice: '67999.8' });
    const ended = await call(user, 'DELETE', own);
    expect([ended.status, ended.body.status, ended.body.filledQuantity]).toEqual([200, 'CANCELED', '0.3']);
    expect((await call(user, 'GET', `${at}?status=open`)).body).toEqual({ orders: [], next: null });
    expect((await call(user, 'GET', `${at}?status=closed`)).body.orders).toHaveLength(1);
  });

  it('are asked for with who asks, at which prices, and under a name that nobody had to think of', async () => {
    const user = createUser(systemClock);
    await expect
      .poll(async () => {
        await call(user, 'POST', at, order);
        return asked.at(-1);
      })
      .toMatchObject({
        asker: { userId: user.userId, simulated: false, requestId: expect.any(String) },
        order: { symbol: 'BTCUSDT', clientOrderId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
  });

  it('are placed once under a name, and another order cannot have it', async () => {
    const user = createUser(systemClock);
    const named = { ...order, clientOrderId: 'once' };
    const first = await call(user, 'POST', at, named);
    const again = await call(user, 'POST', at, named);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await call(user, 'POST', at, { ...named, quantity: '0.6' });
    expect(reasonOf(other)).toBe('409 duplicate-client-order-id');
    expect(other.body).toMatchObject({ exchangeCode: -2010, errors: [{ field: 'clientOrderId' }] });
  });

  it('whose reservation is open are said to be so, where they can be read, and end as soon as it is decided', async () => {
    const user = createUser(systemClock);
    state.decides = false;
    const placed = await call(user, 'POST', at, order);
    expect([placed.status, placed.body.status]).toEqual([202, 'PENDING']);
    const location = placed.headers.get('location') ?? '';
    expect((await call(user, 'GET', location)).body.id).toBe(placed.body.id);
    const ended = await call(user, 'DELETE', location);
    expect([ended.status, ended.body.status]).toEqual([202, 'PENDING']);
  });

  it('are tried without being placed', async () => {
    const user = createUser(systemClock);
    expect(await call(user, 'POST', `${at}/test`, order)).toMatchObject({
      status: 200,
      body: { reserve: { asset: 'USDT', quantity: '34000' }, estimatedFee: { asset: 'BTC', quantity: '0.0005' } },
    });
    expect((await call(user, 'GET', at)).body.orders).toEqual([]);
  });

  it('are ended all at once, of one symbol or of all', async () => {
    const user = createUser(systemClock);
    const [btc, eth] = [
      (await call(user, 'POST', at, order)).body.id,
      (await call(user, 'POST', at, { ...order, symbol: 'ethusdt' })).body.id,
    ];
    expect((await call(user, 'DELETE', `${at}?symbol=ETHUSDT`)).body).toEqual({ canceled: [eth], failed: [] });
    expect((await call(user, 'DELETE', at)).body).toEqual({ canceled: [btc], failed: [] });
  });

  it('of `all` portfolios are listed and ended as those of none in particular', async () => {
    const user = createUser(systemClock);
    const { id } = (await call(user, 'POST', at, order)).body;
    expect((await call(user, 'GET', `${at}?portfolioId=all`)).body.orders).toMatchObject([{ id }]);
    expect((await call(user, 'DELETE', `${at}?portfolioId=All`)).body).toEqual({ canceled: [id], failed: [] });
  });

  it('lead from one page to the next', async () => {
    const user = createUser(systemClock);
    const ids: unknown[] = [];
    for (let made = 0; made < 3; made++) ids.push((await call(user, 'POST', at, order)).body.id);
    const seen: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { orders, next } = (await call(user, 'GET', `${at}?limit=1&cursor=${cursor}`)).body as {
        orders: readonly { readonly id: string }[];
        next: string | null;
      };
      seen.push(...orders.map(({ id }) => id));
      if (next === null) break;
      cursor = next;
    }
    expect(seen).toEqual(ids.reverse());
    expect((await call(user, 'GET', `${at}?limit=501`)).status).toBe(400);
  });

  it('show what filled them, what became of them, and by which public trades', async () => {
    const user = createUser(systemClock);
    const own = `${at}/${(await call(user, 'POST', at, order)).body.id}`;
    expect((await call(user, 'GET', `${own}/fills`)).body).toEqual({
      fills: [
        {
          ...{ id: expect.any(String), tradeId: 3735683401, price: '67999.8', quantity: '0.3', quote: '20399.94' },
          ...{ fee: null, feeAsset: null, maker: true, tradedAt: '2026-11-30T10:00:00.000Z' },
        },
      ],
      next: null,
    });
    expect((await call(user, 'GET', `${own}/events`)).body).toMatchObject({
      events: [{ type: 'order.created', version: 1, data: { symbol: 'btcusdt' } }],
      next: null,
    });
    expect((await call(user, 'GET', `${own}/proof`)).body).toEqual({
      ...{ model: 'tape', rules: { touch: 'never' }, acceptedAfterTrade: 3735683400, endedAfterTrade: null },
      fills: [
        {
          ...{ tradeId: 3735683401, price: '67999.8', quantity: '0.3', tradePrice: '67999.5', tradeQuantity: '0.4' },
          ...{ takenBefore: '0', buyerIsMaker: true, tradedAt: '2026-11-30T10:00:00.000Z' },
        },
      ],
      verify: 'GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=3735683401',
    });
  });

  it('of others are not there', async () => {
    const [user, other] = [createUser(systemClock), createUser(systemClock)];
    const { id } = (await call(user, 'POST', at, order)).body;
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/fills'],
      ['GET', '/events'],
      ['GET', '/proof'],
    ] as const) {
      const refused = await call(other, method, `${at}/${id}${rest}`);
      expect([rest, reasonOf(refused), refused.body.exchangeCode]).toEqual([rest, '404 not-found', -2013]);
    }
    expect((await call(other, 'DELETE', at)).body).toEqual({ canceled: [], failed: [] });
    expect((await call(undefined, 'GET', at)).status).toBe(401);
  });

  it('are also found where older documents have them', async () => {
    const user = createUser(systemClock);
    const former = '/api/trading/orders';
    const placed = await call(user, 'POST', former, order);
    expect(placed.status).toBe(201);
    expect((await call(user, 'POST', `${former}/test`, order)).status).toBe(200);
    for (const rest of ['', '?status=open', `/${placed.body.id}`, `/${placed.body.id}/proof`])
      expect((await call(user, 'GET', former + rest)).body).toEqual((await call(user, 'GET', at + rest)).body);
    expect((await call(user, 'DELETE', `${former}/${placed.body.id}`)).body.status).toBe('CANCELED');
  });
});

describe('orders that are refused', () => {
  const refusedAs = async (refuses: AppError) => {
    state.refuses = refuses;
    return call(createUser(systemClock), 'POST', at, order);
  };

  it('say the rule that they break, its bound, the nearest that is allowed, and what the exchange would say', async () => {
    const message = 'is no multiple of 0.01; the nearest that is allowed is 68000.12';
    const refused = await refusedAs(
      new AppError('unprocessable', `The order is not valid: price ${message}. Nothing was placed.`, {
        fields: [{ field: 'price', message, reason: 'price-filter' }],
        facts: { bound: '0.01', nearest: '68000.12', exchangeCode: '-1013' },
      }),
    );
    expect(refused.body).toMatchObject({
      ...{ type: '/docs/errors/price-filter', status: 422, code: 'urn:tickfolio:problem:price-filter' },
      errors: [{ field: 'price', message, reason: 'price-filter' }],
      facts: { bound: '0.01', nearest: '68000.12' },
      exchangeCode: -1013,
    });
    expect(refused.body.facts).not.toHaveProperty('exchangeCode');
  });

  it.each([
    ['bad-number', 'invalid_argument', '400 bad-number', -1102],
    ['missing', 'invalid_argument', '400 missing', -1102],
    ['not-needed', 'invalid_argument', '400 not-needed', -1106],
    ['bad-combination', 'invalid_argument', '400 bad-combination', -1128],
    ['symbol-not-trading', 'unprocessable', '422 symbol-not-trading', -1013],
    ['insufficient-balance', 'failed_precondition', '409 insufficient-balance', -2010],
    ['would-take', 'failed_precondition', '409 would-take', -2010],
    ['would-trigger', 'failed_precondition', '409 would-trigger', -2010],
    ['no-price-yet', 'failed_precondition', '409 no-price-yet', -1112],
    ['wrong-kind', 'failed_precondition', '409 wrong-kind', undefined],
    ['archived', 'failed_precondition', '409 archived', undefined],
    ['under-review', 'failed_precondition', '409 under-review', undefined],
    ['too-many-orders', 'resource_exhausted', '429 too-many-orders', -1015],
    // By a filter of the exchange, which is no rule of what an order may be.
    ['too-many-orders', 'unprocessable', '429 too-many-orders', -1015],
    ['portfolio-away', 'unavailable', '503 portfolio-away', -1001],
    ['market-away', 'unavailable', '503 market-away', -1001],
    // A word that this build does not know is still what its code says.
    ['never-heard-of', 'failed_precondition', '409 failed-precondition', undefined],
  ] as const)('as %s (%s) are told as %s', async (reason, code, told, exchangeCode) => {
    const refused = await refusedAs(refusal(code, 'order', reason, { retryAfterMs: 1_000 }));
    expect([reasonOf(refused), refused.body.exchangeCode]).toEqual([told, exchangeCode]);
    expect(refused.body.errors).toMatchObject([{ reason }]);
    if (/^(429|503)/.test(told)) expect(refused.headers.get('retry-after')).toBe('1');
  });

  it('and were stored tell of the order, as those that have ended do', async () => {
    const stored = { id: randomUUID(), status: 'REJECTED' };
    const facts = { asset: 'USDT', available: '50', needed: '34000', order: JSON.stringify(stored) };
    const refused = await refusedAs(refusal('failed_precondition', 'order', 'insufficient-balance', { facts }));
    expect(refused.body.facts).toEqual({ asset: 'USDT', available: '50', needed: '34000', order: stored });
    state.refuses = undefined;
    const user = createUser(systemClock);
    const { id } = (await call(user, 'POST', at, order)).body;
    await call(user, 'DELETE', `${at}/${id}`);
    const again = await call(user, 'DELETE', `${at}/${id}`);
    expect([reasonOf(again), again.body.exchangeCode]).toEqual(['409 already-ended', -2011]);
    expect(again.body.facts).toMatchObject({ order: { id, status: 'CANCELED' } });
  });

  it('for a symbol that nobody lists say which was meant', async () => {
    const refused = await call(createUser(systemClock), 'POST', at, { ...order, symbol: 'nosuch' });
    expect([refused.status, refused.body.exchangeCode]).toEqual([422, -1121]);
    expect(refused.body.errors).toMatchObject([{ field: 'symbol', reason: 'unknown-symbol' }]);
  });

  it.each(['quantity', 'quoteQuantity', 'price', 'stopPrice', 'icebergQuantity'])(
    'for a %s that is a JSON number are told why that is none',
    async (field) => {
      for (const path of [at, `${at}/test`]) {
        const refused = await call(createUser(systemClock), 'POST', path, { ...order, [field]: 0.5 });
        expect([reasonOf(refused), refused.body.exchangeCode]).toEqual(['400 bad-number', -1102]);
        expect(refused.body.errors).toMatchObject([{ field, message: expect.stringContaining('must be a text') }]);
      }
    },
  );

  it('are so before anybody is asked, where they have another form', async () => {
    const user = createUser(systemClock);
    const before = asked.length;
    for (const spoilt of [
      { side: 'LONG' },
      { type: 'OCO' },
      { other: '1' },
      { clientOrderId: 'a blank' },
      { symbol: '' },
    ])
      expect([spoilt, reasonOf(await call(user, 'POST', at, { ...order, ...spoilt }))]).toEqual([
        spoilt,
        '400 invalid-argument',
      ]);
    expect(asked).toHaveLength(before);
  });
});

describe('while the orders service is away', () => {
  it('orders are away, with a time to ask again, and everything else is there', async () => {
    const user = createUser(systemClock);
    state.down = true;
    for (const [method, path, body] of [
      ['POST', at, order],
      ['GET', at],
      ['DELETE', at],
      ['GET', `${at}/${randomUUID()}`],
    ] as const) {
      const refused = await call(user, method, path, body);
      expect([reasonOf(refused), refused.headers.get('retry-after'), refused.body.exchangeCode]).toEqual([
        ...['503 orders-away', '1'],
        -1001,
      ]);
    }
    expect((await call(user, 'GET', '/api/v1/profile')).status).toBe(200);
    const { dependencies } = (await bff.call(undefined, 'GET', '/ready')).body;
    expect(dependencies.orders).toMatchObject({ status: 'down', required: false });
  });

  it('an order whose answer did not come is not said to be placed or not', async () => {
    state.isLate = true;
    expect(reasonOf(await call(createUser(systemClock), 'POST', at, order))).toBe('504 deadline-exceeded');
  });

  it('nobody misses it in an installation without it', async () => {
    const smaller = await startTestBff({ postgres, options: { without: ['orders'] } });
    try {
      const user = createUser(systemClock);
      expect(Object.keys((await smaller.call(undefined, 'GET', '/ready')).body.dependencies)).not.toContain('orders');
      expect((await smaller.call(user, 'GET', at)).body.type).toBe('/docs/errors/orders-away');
      expect((await smaller.call(user, 'GET', '/api/v1/profile')).status).toBe(200);
    } finally {
      await smaller.close();
    }
  });
});

it('who places more than may be is told when to go on', async () => {
  const slow = await startTestBff({
    postgres,
    played: { orders: client },
    options: { ordersPerUser: { burst: 2, refillMs: 60_000 } },
  });
  try {
    const user = createUser(systemClock);
    const place = async (by = user) => (await slow.call(by, 'POST', at, order)).status;
    expect([await place(), await place(), await place()]).toEqual([201, 201, 429]);
    expect((await slow.call(user, 'GET', at)).status).toBe(200);
    expect(await place(createUser(systemClock))).toBe(201);
  } finally {
    await slow.close();
  }
});
