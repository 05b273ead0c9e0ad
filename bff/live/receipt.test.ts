import type { Receipt } from '@tickfolio/api/receipt';
import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, second, startTestBff, type TestBff } from '../kit/bff.js';

let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});

const path = '/api/v1/profile/receipt';
const receiptOf = async (user: ReturnType<typeof createUser>) => {
  const { status, headers, text } = await bff.call(user, 'GET', path);
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  return JSON.parse(text) as Receipt;
};
/** As somebody with the receipt alone does it. */
const again = ({ quantity, price, conversion }: Receipt['rows'][number]): Decimal | undefined => {
  if (!price || (conversion && !conversion.price)) return undefined;
  const value = multiply(parseDecimal(quantity), parseDecimal(price.price));
  return conversion?.price ? multiply(value, parseDecimal(conversion.price.price)) : value;
};

describe('the receipt of a total', () => {
  it('says of every value its quantity, its price with the trade that made it, and what converts it', async () => {
    const user = createUser(systemClock);
    for (const [symbol, quantity] of [
      ['btcusdt', '0.12345678'],
      ['ethbtc', '1.5'],
      ['dogeusdt', '1000'],
    ])
      await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
    await receiptOf(user); // From now on their prices are followed.
    const atMs = systemClock.now();
    const ids = { firstTradeId: 4_000_000_001, lastTradeId: 4_000_000_009 };
    bff.priceBus.publish(second('btcusdt', '68123.45', atMs, ids));
    bff.priceBus.publish(second('ethbtc', '0.03712', atMs, ids));
    await until(async () => (await receiptOf(user)).rows.filter(({ total }) => total !== null).length === 2);
    const receipt = await receiptOf(user);
    const bitcoin = { price: '68123.45', priceTime: new Date(atMs).toISOString(), tradeId: 4_000_000_009 };
    expect(receipt).toMatchObject({ asset: 'USDT', version: 3, simulated: false });
    expect(receipt.rows).toEqual([
      {
        ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', quantity: '0.12345678', priceState: 'live' },
        ...{ price: bitcoin, conversion: null, total: '8410.301779491' },
      },
      {
        ...{ symbol: 'ethbtc', baseAsset: 'ETH', quoteAsset: 'BTC', quantity: '1.5', priceState: 'live' },
        price: { ...bitcoin, price: '0.03712' },
        conversion: { symbol: 'btcusdt', price: bitcoin },
        total: '3793.113696',
      },
      {
        ...{ symbol: 'dogeusdt', baseAsset: 'DOGE', quoteAsset: 'USDT', quantity: '1000', priceState: 'waiting' },
        ...{ price: null, conversion: null, total: null },
      },
    ]);
    for (const row of receipt.rows) {
      const value = again(row);
      expect(row.total).toBe(value ? formatDecimal(value) : null);
    }
    const sum = receipt.rows.reduce((all, row) => add(all, again(row) ?? zero), zero);
    expect(receipt.total).toBe(formatDecimal(sum));
    const frame = JSON.parse((await bff.call(user, 'GET', '/api/v1/profile/frame')).text) as { TotalValue: string };
    expect(frame.TotalValue).toBe(receipt.total);
  });
  it('is an empty sum for who holds nothing, and needs a token', async () => {
    expect(await receiptOf(createUser(systemClock))).toMatchObject({ total: '0', rows: [] });
    expect(await bff.call(undefined, 'GET', path)).toMatchObject({ status: 401, body: { title: 'Not signed in' } });
  });
});
