import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeAggregator, createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakePortfolios } from '../kit/portfolio.js';
import { openSocket } from '../kit/socket.js';

let postgres: Postgres;
let bff: TestBff;
const { client, askers } = createFakePortfolios();
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, played: { portfolio: client } });
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

const at = '/api/v1/portfolios';
type Told = Readonly<Record<string, unknown>>;
const call = async (...asked: Parameters<TestBff['call']>) => {
  const { status, body } = await bff.call(...asked);
  return { status, body: body as unknown as Told };
};

describe('portfolios over REST', () => {
  it('are there from the beginning, made by name, changed, and archived', async () => {
    const user = createUser(systemClock);
    const first = await call(user, 'GET', at);
    expect(first).toEqual({
      status: 200,
      body: { portfolios: [expect.objectContaining({ isDefault: true, kind: 'tracking' })], next: null },
    });
    const made = await call(user, 'POST', at, { name: 'Long term', kind: 'tracking', baseCurrency: 'EUR' });
    expect(made).toEqual({
      status: 201,
      body: {
        id: expect.any(String),
        ...{ name: 'Long term', kind: 'tracking', baseCurrency: 'EUR', costMethod: 'FIFO', feeAsset: null },
        ...{ isDefault: false, simulated: false, version: 0, createdAt: '2026-11-29T10:00:00.000Z', archivedAt: null },
      },
    });
    const own = `${at}/${made.body.id}`;
    const changed = await call(user, 'PATCH', own, { name: 'Longer term', feeAsset: 'BNB' });
    expect(changed.body).toEqual({ ...made.body, name: 'Longer term', feeAsset: 'BNB' });
    expect((await call(user, 'PATCH', own, { feeAsset: null })).body.feeAsset).toBeNull();
    expect((await call(user, 'GET', `${at}/default`)).body).toMatchObject({ isDefault: true });
    expect((await call(user, 'DELETE', own)).body.archivedAt).toBe('2026-11-29T10:00:00.000Z');
    expect((await call(user, 'GET', `${at}?archived=true`)).body.portfolios).toHaveLength(1);
    expect((await call(user, 'GET', at)).body.portfolios).toHaveLength(1);
  });

  it('say once what is wrong with a field that may be empty', async () => {
    const user = createUser(systemClock);
    const said = async (feeAsset: unknown) => {
      const { status, body } = await call(user, 'PATCH', `${at}/default`, { feeAsset });
      return [status, (body.errors as readonly { message: string }[]).map(({ message }) => message)];
    };
    expect(await said('')).toEqual([400, ['must not be empty']]);
    expect(await said(5)).toEqual([400, ['must be a text such as "BNB", not a number']]);
  });

  it('are also found where older documents have them', async () => {
    const user = createUser(systemClock);
    const former = '/api/portfolio';
    const made = await call(user, 'POST', former, { name: 'Former', kind: 'tracking' });
    expect(made).toEqual({ status: 201, body: expect.objectContaining({ name: 'Former' }) });
    for (const rest of ['', '?archived=false&limit=1', '/default', `/${made.body.id}`, '/default/balances'])
      expect(await call(user, 'GET', former + rest)).toEqual(await call(user, 'GET', at + rest));
    expect((await call(user, 'PATCH', `${former}/${made.body.id}`, { name: 'Later' })).body.name).toBe('Later');
    for (const gone of [`${former}/none`, '/api/portfolios']) expect((await call(user, 'GET', gone)).status).toBe(404);
    expect((await call(undefined, 'GET', former)).status).toBe(401);
  });

  it('of paper money are made a little later where nobody knows yet whether prices are real', async () => {
    const { fake, client: aggregator } = createFakeAggregator();
    fake.down = true;
    const early = await startTestBff({ postgres, played: { portfolio: client }, deps: { aggregator } });
    try {
      const user = createUser(systemClock);
      const made = (kind: string) => early.call(user, 'POST', at, { name: kind, kind });
      const { status, headers } = await made('paper');
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect((await made('tracking')).status).toBe(201);
    } finally {
      await early.close();
    }
  });

  it('lead from one page to the next', async () => {
    const user = createUser(systemClock);
    await call(user, 'POST', at, { name: 'Other', kind: 'tracking' });
    const page = await call(user, 'GET', `${at}?limit=1`);
    expect(page.body).toMatchObject({ portfolios: [{ name: 'Portfolio' }], next: expect.any(String) });
    expect((await call(user, 'GET', `${at}?limit=101`)).status).toBe(400);
  });

  it('tell of the default one what is held by the profile, to the last digit, and move none of it', async () => {
    const user = createUser(systemClock);
    const balances = async () => (await call(user, 'GET', `${at}/default/balances`)).body;
    expect(await balances()).toMatchObject({ kind: 'tracking', version: 0, balances: [] });
    for (const [symbol, quantity] of [
      ['ethusdt', '2'],
      ['btcusdt', '0.100000000000000001'],
    ])
      await call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
    const held = (asset: string, via: string, available: string) => ({
      ...{ asset, via, available, reserved: '0', total: available },
    });
    expect(await balances()).toMatchObject({
      version: 2,
      balances: [held('BTC', 'btcusdt', '0.100000000000000001'), held('ETH', 'ethusdt', '2')],
    });
    const { id } = (await call(user, 'POST', at, { name: 'Other', kind: 'tracking' })).body;
    const move = { from: 'default', to: id, asset: 'BTC', quantity: '0.1' };
    expect(await call(user, 'POST', '/api/v1/transfers', move)).toMatchObject({
      status: 409,
      body: { type: '/docs/errors/wrong-kind' },
    });
  });

  it('are worth what their assets are at the newest prices, to the last digit', async () => {
    const user = createUser(systemClock);
    const id = (await call(user, 'POST', at, { name: 'Paper money', kind: 'paper' })).body.id as string;
    const valued = async (of = id) => (await call(user, 'GET', `${at}/${of}/balances`)).body;
    const usdt = { asset: 'USDT', via: '', available: '6000', reserved: '34000.5', total: '40000.5' };
    expect(await valued()).toMatchObject({
      ...{ kind: 'paper', value: '40000.5' },
      balances: [{ ...usdt, price: '1', value: '40000.5', priceTime: null, stale: false }],
    });
    bff.publish('btcusdt', '68123.45');
    await call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '0.000000000000000001' });
    await call(user, 'POST', '/api/v1/profile/coins', { symbol: 'dogeusdt', quantity: '5' });
    for (const of of ['default', 'all'])
      expect(await valued(of)).toMatchObject({
        ...{ kind: of === 'all' ? 'all' : 'tracking', version: 2, value: '0.00000000000006812345' },
        lacks: ['DOGE'],
        balances: [
          {
            asset: 'BTC',
            price: '68123.45',
            value: '0.00000000000006812345',
            priceTime: expect.any(String),
            stale: false,
          },
          { asset: 'DOGE', total: '5', price: null, value: null, priceTime: null, stale: true },
        ],
      });
  });

  it('are refused by the names that fields have in what was sent', async () => {
    const user = createUser(systemClock);
    const made = async (name: string) => (await call(user, 'POST', at, { name, kind: 'paper' })).body.id as string;
    const [from, to] = [await made('From'), await made('To')];
    const moved = { from, to, asset: 'USDT', quantity: '1', networkFee: 'much' };
    expect(await call(user, 'POST', '/api/v1/transfers', moved)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'networkFee', message: 'is no number' }] },
    });
  });

  it('are given and moved what has no Latin name, too', async () => {
    const user = createUser(systemClock);
    const made = async (name: string) => (await call(user, 'POST', at, { name, kind: 'paper' })).body.id as string;
    const [from, to] = [await made('From'), await made('To')];
    const amount = { asset: '币安人生', quantity: '1' };
    expect(await call(user, 'POST', `${at}/${from}/fund`, amount)).toMatchObject({
      status: 200,
      body: { asset: '币安人生' },
    });
    expect((await call(user, 'POST', '/api/v1/transfers', { from, to, ...amount })).status).toBe(201);
  });

  it('take an asset in either case, and write it as the exchange does', async () => {
    const user = createUser(systemClock);
    const made = async (name: string) => (await call(user, 'POST', at, { name, kind: 'paper' })).body.id as string;
    const [from, to] = [await made('From'), await made('To')];
    const amount = { asset: 'usdt', quantity: '1' };
    expect((await call(user, 'POST', `${at}/${from}/fund`, amount)).body).toMatchObject({ asset: 'USDT' });
    expect((await call(user, 'POST', '/api/v1/transfers', { from, to, ...amount })).status).toBe(201);
  });

  it('of paper money at made-up prices are worth nothing that is told where prices are real', async () => {
    const user = createUser(systemClock);
    await until(async () => (await bff.call(undefined, 'GET', '/ready')).body.simulated === false);
    const { id } = await client.create({ userId: user.userId, simulated: false, requestId: 'r' }, {
      ...{ name: 'Made up', kind: 'paper', baseCurrencyCode: 'USDT', costMethod: 'FIFO', idempotencyKey: '' },
      simulated: true,
    } as never);
    const { body } = await call(user, 'GET', `${at}/${id}/balances`);
    expect(body).toMatchObject({ value: '0', balances: [{ asset: 'USDT', price: null, value: null, stale: true }] });
  });

  it('can be looked at on a socket as soon as they are made, however late their event comes', async () => {
    const user = createUser(systemClock);
    const { id } = (await call(user, 'POST', at, { name: 'Second', kind: 'tracking', baseCurrency: 'BTC' })).body;
    const socket = await openSocket(bff.wsUrl, user);
    socket.ws.send(JSON.stringify({ type: 'view', portfolioId: id }));
    expect(await socket.next(({ PortfolioID }) => PortfolioID === id)).toMatchObject({
      BaseCurrency: 'BTC',
      Coins: [],
    });
    await call(user, 'PATCH', `${at}/${id}`, { baseCurrency: 'ETH' });
    await socket.next(({ BaseCurrency }) => BaseCurrency === 'ETH');
    await socket.close();
  });

  it('can be looked at on a socket before anybody was told of them, and not those of others', async () => {
    const [user, other] = [createUser(systemClock), createUser(systemClock)];
    const plan = { name: 'Third', kind: 'tracking', baseCurrencyCode: 'ETH', costMethod: 'FIFO', idempotencyKey: '' };
    const { id } = await client.create({ userId: user.userId, simulated: false, requestId: 'r' }, plan);
    const view = async (by: typeof user) => {
      const socket = await openSocket(bff.wsUrl, by);
      socket.ws.send(JSON.stringify({ type: 'view', portfolioId: id }));
      const { PortfolioID, BaseCurrency, Detail } = await socket.next(
        (seen) => (seen.PortfolioID ?? seen.Type) !== undefined,
      );
      await socket.close();
      return { PortfolioID, BaseCurrency, Detail };
    };
    expect(await view(other)).toEqual({ Detail: 'There is no such portfolio.' });
    expect(await view(user)).toEqual({ PortfolioID: id, BaseCurrency: 'ETH' });
    expect(await view(other)).toEqual({ Detail: 'There is no such portfolio.' });
  });

  it('are refused in words that programs know, and those of others are not there', async () => {
    const [user, other] = [createUser(systemClock), createUser(systemClock)];
    const reasonOf = async (...asked: Parameters<TestBff['call']>) => {
      const { status, body } = await call(...asked);
      return `${status} ${body.type}`;
    };
    const body = { name: 'Mine', kind: 'tracking' };
    const { id } = (await call(user, 'POST', at, body)).body;
    expect(await reasonOf(user, 'POST', at, body)).toBe('409 /docs/errors/name-taken');
    expect(await reasonOf(user, 'POST', at, { ...body, name: 'X', baseCurrency: 'XYZ' })).toBe(
      '422 /docs/errors/unknown-currency',
    );
    expect(await reasonOf(user, 'DELETE', `${at}/default`)).toBe('409 /docs/errors/wrong-state');
    for (const [method, sent] of [['GET'], ['PATCH', { name: 'Y' }], ['DELETE']] as const)
      expect(await reasonOf(other, method, `${at}/${id}`, sent)).toBe('404 /docs/errors/not-found');
    expect(await reasonOf(user, 'POST', at, { ...body, kind: 'exchange' })).toBe('400 /docs/errors/invalid-argument');
    expect(await reasonOf(user, 'PATCH', `${at}/${id}`, { kind: 'paper' })).toBe('400 /docs/errors/invalid-argument');
  });

  it('are those of the prices of this installation', async () => {
    const user = createUser(systemClock);
    const said = async () => {
      await call(user, 'GET', at);
      return askers.at(-1);
    };
    bff.aggregator.simulated = true;
    await until(async () => (await said())?.simulated === true);
    expect(await said()).toMatchObject({ userId: user.userId, requestId: expect.any(String) });
    bff.aggregator.simulated = false;
    await until(async () => (await said())?.simulated === false);
  });

  it('cannot be reached while their service is away, and everything else can', async () => {
    const alone = await startTestBff({ postgres });
    try {
      const user = createUser(systemClock);
      const refused = await alone.call(user, 'GET', at);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      expect((await alone.call(user, 'GET', '/api/v1/profile')).status).toBe(200);
      const { status, body } = await alone.call(user, 'GET', `${at}/default/balances`);
      expect([status, body]).toMatchObject([200, { kind: 'tracking', baseCurrency: 'USDT', balances: [] }]);
      const { dependencies } = (await alone.call(undefined, 'GET', '/ready')).body;
      expect(dependencies.portfolio).toMatchObject({ status: 'down', required: false });
      await until(
        async () => (await alone.call(undefined, 'GET', '/ready')).body.dependencies['event-log']?.status === 'down',
      );
    } finally {
      await alone.close();
    }
  });

  it('are missed by nobody in an installation without their service', async () => {
    const smaller = await startTestBff({ postgres, options: { without: ['portfolio'] } });
    try {
      const ready = async () => (await smaller.call(undefined, 'GET', '/ready')).body.dependencies;
      await until(async () => (await ready())['event-log']?.status === 'ok');
      expect(Object.keys(await ready())).not.toContain('portfolio');
      const user = createUser(systemClock);
      expect((await smaller.call(user, 'GET', at)).status).toBe(503);
      expect((await smaller.call(user, 'GET', '/api/v1/profile')).status).toBe(200);
    } finally {
      await smaller.close();
    }
  });
});
