import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createUser,
  openTestPostgres,
  second,
  startTestBff,
  type TestBff,
  type TestBffOptions,
  testSymbols,
} from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';

let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());
afterEach(async () => {
  for (const bff of running.splice(0)) await bff.close();
});
const start = async (options: Partial<TestBffOptions> = {}) => {
  const bff = await startTestBff({ postgres, ...options });
  running.push(bff);
  const user = createUser(bff.clock);
  const change = (symbol: string, quantity: string, key?: string) =>
    bff.call(
      user,
      'POST',
      '/api/v1/profile/coins',
      { symbol, quantity },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  /** What the aggregator says from now on has arrived. */
  const heard = async () => {
    const before = bff.aggregator.told.length;
    await until(() => bff.aggregator.told.length >= before + 2);
  };
  const symbols = async () => {
    const { text } = await bff.call(undefined, 'GET', '/api/v1/symbols');
    const { Symbols } = JSON.parse(text) as { Symbols: { Symbol: string; Status: string }[] };
    return Object.fromEntries(Symbols.map(({ Symbol: symbol, Status }) => [symbol, Status]));
  };
  return { bff, user, change, heard, symbols };
};

describe.each([
  ['90 s ahead of', 90_000],
  ['an hour behind', -3_600_000],
])('with this computer’s clock %s the exchange’s', (_how, offMs) => {
  const clock = { ...systemClock, now: () => systemClock.now() + offMs };

  it('prices that flow are not stale, those of a market that stands still are, and /ready tells how far the clocks are apart', async () => {
    const { bff, user, change, heard } = await start({ clock });
    expect((await bff.call(undefined, 'GET', '/ready')).body.clockOffsetMs).toBeNull();
    const tellTime = setInterval(() => {
      bff.aggregator.exchangeTimeMs = systemClock.now();
    }, 10);
    await heard();
    for (const symbol of ['btcusdt', 'ethusdt']) await change(symbol, '1');
    const tenMinutesAgo = systemClock.now() - 600_000;
    bff.priceBus.setLast({ symbol: 'ethusdt', price: '7', timeMs: tenMinutesAgo, tradeId: 1 });
    const socket = await openSocket(bff.wsUrl, user);
    bff.priceBus.publish(second('btcusdt', '5', systemClock.now()));
    const frame = await socket.next((f) => f.TotalValue === '12');
    clearInterval(tellTime);
    const ages = frame.Coins.map(({ PriceReceived }) => Date.parse(frame.AsOf) - Date.parse(PriceReceived ?? ''));
    expect(frame.Coins.map(({ Stale, PriceState }) => [Stale, PriceState])).toEqual([
      [false, undefined],
      [true, 'old'],
    ]);
    // Wrong by how far the clocks are apart, or by as long as this machine takes for all of this.
    const apartMs = 40_000;
    expect(ages[0]).toBeLessThan(apartMs);
    expect(Math.abs((ages[1] ?? 0) - 600_000)).toBeLessThan(apartMs);
    expect(Math.abs(Date.parse(frame.AsOf) - clock.now())).toBeLessThan(apartMs);
    const { clockOffsetMs } = (await bff.call(undefined, 'GET', '/ready')).body;
    expect(Math.abs(Number(clockOffsetMs) + offMs)).toBeLessThan(apartMs);
    await socket.close();
  });
});

describe('while the exchange is in maintenance', () => {
  it('the list stays, with every coin paused, and a coin can be added, one that is converted too', async () => {
    const { bff, change, heard, symbols } = await start();
    expect(await symbols()).toMatchObject({ btcusdt: 'trading', ethbtc: 'trading', pausedusdt: 'paused' });
    bff.aggregator.symbols = testSymbols.map((entry) => ({
      ...entry,
      status: 'BREAK',
      paused: entry.symbol !== 'oldusdt',
    }));
    bff.aggregator.revision = 'maintenance';
    await heard();
    expect(await symbols()).toMatchObject({ btcusdt: 'paused', ethusdt: 'paused', ethbtc: 'paused' });
    expect(Object.keys(await symbols())).not.toContain('oldusdt');
    for (const symbol of ['ethusdt', 'ethbtc']) expect((await change(symbol, '1')).status).toBe(200);
    expect(await change('oldusdt', '1')).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('no longer trades oldusdt') },
    });
  });

  it('a coin says that it is halted, with its last price, and goes on by itself', async () => {
    const { bff, user, change, heard } = await start();
    await change('btcusdt', '2');
    const socket = await openSocket(bff.wsUrl, user);
    bff.publish('btcusdt', '5');
    await socket.next((f) => f.Coins[0]?.Stale === false);
    bff.aggregator.symbols = testSymbols.map((entry) => ({ ...entry, status: 'BREAK', paused: true }));
    bff.aggregator.revision = 'maintenance';
    bff.aggregator.feeds.set('btcusdt', 'halted');
    expect(await socket.next((f) => f.Coins[0]?.PriceState === 'halted')).toMatchObject({
      TotalValue: '10',
      Coins: [{ Stale: true }],
    });
    Object.assign(bff.aggregator, { symbols: testSymbols, revision: 'r2' });
    bff.aggregator.feeds.set('btcusdt', 'live');
    await heard();
    socket.clear();
    bff.publish('btcusdt', '6');
    expect(await socket.next((f) => f.TotalValue === '12')).toMatchObject({ Coins: [{ Stale: false }] });
    await socket.close();
  });
});

describe('a coin that the exchange lists since a moment ago', () => {
  it('can be added at once, and looked at', async () => {
    const { bff, user, change, symbols } = await start();
    bff.aggregator.coming.push({ symbol: 'newusdt', quoteAsset: 'USDT', status: 'TRADING' });
    expect(await change('newusdt', '3')).toMatchObject({ status: 200, body: { Symbol: 'newusdt', Quantity: '3' } });
    expect(await symbols()).toMatchObject({ newusdt: 'trading' });
    expect((await bff.call(user, 'GET', '/api/v1/coins/newusdt/candles')).status).toBe(503); // There is no archive, which is another thing.
    expect(await change('nweusdt', '3')).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('Did you mean newusdt?') },
    });
    expect(bff.aggregator.looks).toBe(1);
  });

  it.each([
    ['its page', '/api/v1/coins/newusdt/candles', 503],
    ['a search that found nothing', '/api/v1/symbols?fresh=true', 200],
  ])('is found by %s', async (_what, path, status) => {
    const { bff, user, symbols } = await start();
    bff.aggregator.coming.push({ symbol: 'newusdt', quoteAsset: 'USDT', status: 'TRADING' });
    const answer = await bff.call(user, 'GET', path);
    expect(answer.status).toBe(status);
    expect(await symbols()).toMatchObject({ newusdt: 'trading' });
  });
});

it('a coin that was delisted keeps its last price with the reason, and can be reduced and removed, not added to', async () => {
  const { bff, user, change } = await start();
  await change('ethusdt', '2', 'before');
  const socket = await openSocket(bff.wsUrl, user);
  bff.publish('ethusdt', '5');
  await socket.next((f) => f.TotalValue === '10');
  bff.aggregator.symbols = testSymbols.filter(({ symbol }) => symbol !== 'ethusdt');
  bff.aggregator.revision = 'without';
  bff.aggregator.feeds.set('ethusdt', 'unknown');
  expect(await socket.next((f) => f.Coins[0]?.PriceState === 'delisted')).toMatchObject({
    TotalValue: '10',
    Coins: [{ Price: '5', Stale: true }],
  });
  const refused = { status: 422, body: { errors: [{ field: 'symbol', reason: 'symbol-delisted' }] } };
  expect(await change('ethusdt', '1')).toMatchObject(refused);
  // What was added before it was delisted is answered once more.
  expect(await change('ethusdt', '2', 'before')).toMatchObject({ status: 200, body: { Quantity: '2' } });
  expect((await change('ethusdt', '-1.5')).body.Quantity).toBe('0.5');
  expect((await bff.call(user, 'DELETE', '/api/v1/profile/coins', { symbol: 'ethusdt' })).status).toBe(200);
  expect(await change('ethusdt', '1')).toMatchObject({ status: 422 });
  await socket.close();
});
