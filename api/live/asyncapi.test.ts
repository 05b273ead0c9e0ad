import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReceived } from '../kit/received.js';
import { asyncApi } from './asyncapi.js';
import { actionAfter, closings } from './close-codes.js';

const frame = {
  UserID: 'a1b2',
  UserName: 'myuser',
  Version: 7,
  TotalValue: '102185.175',
  Coins: [
    {
      Symbol: 'btcusdt',
      Quantity: '1.5',
      Version: 7,
      Price: '68123.45',
      Total: '102185.175',
      PriceTime: '2026-01-27T10:00:00.981Z',
      Stale: false,
      PriceReceived: '2026-01-27T10:00:01.004Z',
    },
  ],
  AsOf: '2026-01-27T10:00:01.034Z',
};
const [coin] = frame.Coins;
const balance = {
  ...{ Type: 'balance', PortfolioID: '0199', Version: 42, Asset: 'BTC', Via: 'btcusdt' },
  ...{ Available: '0.4995', Reserved: '0', Reason: 'fill', Ref: 'order:0199' },
};

const order = {
  ...{ Type: 'order', Version: 3 },
  Order: {
    ...{ id: '0199', clientOrderId: 'my-1', portfolioId: '0198', symbol: 'btcusdt', side: 'BUY', type: 'LIMIT' },
    ...{ timeInForce: 'GTC', quantity: '0.5', quoteQuantity: null, price: '68000', stopPrice: null },
    ...{ icebergQuantity: null, status: 'PARTIALLY_FILLED', working: true, filledQuantity: '0.2' },
    ...{ filledQuote: '13599.998', averagePrice: '67999.99', fees: [{ asset: 'BTC', quantity: '0.0002' }] },
    ...{ reserved: { asset: 'USDT', quantity: '34000' }, settled: true, reason: null, mode: 'paper' },
    ...{ executionId: null, simulatedPrices: false, version: 3 },
    ...{ createdAt: '2026-01-27T10:00:01.034Z', updatedAt: '2026-01-27T10:00:01.034Z' },
  },
  LastFill: {
    ...{ TradeID: 3735683365, Price: '67999.99', Quantity: '0.2', Fee: '0.0002', FeeAsset: 'BTC', Maker: true },
    Time: '2026-01-27T10:00:01.034Z',
  },
};

describe('the document of the WebSocket', () => {
  it('names every message of a channel and of an operation that it has', () => {
    const document = JSON.parse(JSON.stringify(asyncApi())) as object;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) =>
      path.split('/'),
    );
    expect(references.length).toBeGreaterThan(10);
    const at = (path: readonly string[]) =>
      path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], document);
    expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  });

  it('takes what the server sends, and nothing else', () => {
    const good = [
      frame,
      { ...frame, Coins: [{ ...coin, Price: null, Total: null, PriceState: 'waiting' }], Simulated: true },
      { Type: 'token-expiring', ExpiresAt: '2026-01-27T10:00:01.034Z' },
      { Type: 'token-accepted', ExpiresAt: '2026-01-27T10:00:01.034Z' },
      { Type: 'error', Detail: 'The access token is not valid.' },
      { Type: 'subscribed', Channels: [] },
      { Type: 'watchlist', Version: 3, Watchlist: [{ symbol: 'btcusdt', asset: 'BTC', addedAt: coin?.PriceTime }] },
      {
        Type: 'price',
        Symbol: 'btcusdt',
        Price: '68123.45',
        PriceTime: coin?.PriceTime,
        Stale: false,
        Simulated: true,
      },
      { Type: 'subscribed', Channels: ['watchlist', 'balances', 'orders'] },
      balance,
      { ...balance, Via: '', Reason: 'reserve', Ref: 'reservation:0199' },
      order,
      { ...order, LastFill: null },
      { Type: 'resync' },
    ];
    for (const message of good) expect(readReceived(JSON.stringify(message))).toEqual(message);
    const bad = [
      { ...frame, TotalValue: 102_185.175 },
      { ...frame, Other: 1 },
      { ...frame, Coins: [{ ...coin, PriceState: 'lost' }] },
      { ...frame, AsOf: 'now' },
      { Type: 'token-expiring' },
      { Type: 'subscribed', Channels: ['news'] },
      { Type: 'price', Symbol: 'btcusdt', Price: 68_123.45, PriceTime: coin?.PriceTime, Stale: false },
      { ...balance, Available: 0.4995 },
      { ...balance, Reason: 'because' },
      { ...order, Order: { ...order.Order, quantity: 0.5 } },
      { ...order, Order: { ...order.Order, status: 'LOST' } },
      { ...order, LastFill: { ...order.LastFill, Price: null } },
      { Type: 'resync', Version: 7 },
      { Type: 'news', Detail: 'what nobody wrote down' },
    ];
    for (const message of bad) expect(() => readReceived(JSON.stringify(message))).toThrow('api/asyncapi.json');
  });
});

describe('a client whose socket was closed', () => {
  it.each([
    [1001, 'reconnect-now'],
    [1006, 'reconnect-later'],
    [1011, 'reconnect-later'],
    [1013, 'reconnect-later'],
    [4401, 'refresh'],
    [4408, 'reconnect-later'],
    [4429, 'stop'],
  ])('after %i knows what to do: %s', (code, action) => {
    expect(actionAfter(code)).toBe(action);
  });

  it('reads of every code in docs/api/websocket.md', () => {
    const page = readFileSync(new URL('../../docs/api/websocket.md', import.meta.url), 'utf8');
    const told = [...page.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
    expect(told).toEqual(closings().map(({ code }) => code));
  });
});
