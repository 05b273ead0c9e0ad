import type { FillsAnswer, ProofAnswer } from '@tickfolio/api/order-parts';
import type { OrderAnswer } from '@tickfolio/api/orders';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { expect } from 'vitest';
import { signUp } from './client.js';
import { paperPerson } from './paper-person.js';
import { Exact } from './price-record.js';

const patienceMs = 60_000;
const granted = '10000';

type Fill = FillsAnswer['fills'][number];
interface PublicTrade {
  readonly a: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
}

/** What is wrong with a fill that took, by what the exchange itself says was traded; undefined for nothing. */
const wrongFill = async (simUrl: string, { side, symbol }: OrderAnswer, fill: Fill): Promise<string | undefined> => {
  const asked = `symbol=${symbol.toUpperCase()}&fromId=${fill.tradeId}&limit=1`;
  const [trade] = (await (await fetch(`${simUrl}/api/v3/aggTrades?${asked}`)).json()) as [PublicTrade?];
  if (trade?.a !== fill.tradeId) return `there is no trade ${fill.tradeId}`;
  if (trade.T !== Date.parse(fill.tradedAt)) return `${trade.a} was traded at another time`;
  if (new Exact(fill.quantity).gt(trade.q)) return `more than ${trade.q} of ${trade.a}`;
  const isBetter = side === 'BUY' ? new Exact(fill.price).lt(trade.p) : new Exact(fill.price).gt(trade.p);
  if (isBetter) return `better than ${trade.p} of ${trade.a}`;
  return new Exact(fill.price).times(fill.quantity).eq(fill.quote) ? undefined : `${fill.quote} is no price × quantity`;
};

const sumOf = (amounts: readonly (string | null)[]) =>
  amounts.reduce((sum, amount) => sum.plus(amount ?? 0), new Exact(0)).toFixed();

/**
 * Somebody new trades at paper money, over REST and the socket: buys at any price, has an order rest and cancels it,
 * and sells half.
 * @returns the ids of the orders
 */
export const walkOrders = async (base: string, simUrl: string): Promise<readonly string[]> => {
  const { person, portfolioId, socket, place, read, ended, fills, balance, told } = await paperPerson(base);
  const stranger = await signUp(base);
  expect(await balance('USDT')).toMatchObject({ available: granted, reserved: '0' });

  const bought = await ended((await place({ symbol: 'btcusdt', side: 'BUY', type: 'MARKET', quantity: '0.01' })).id);
  expect(bought).toMatchObject({ portfolioId, status: 'FILLED', filledQuantity: '0.01', simulatedPrices: true });
  const boughtBy = await fills(bought.id);
  for (const fill of boughtBy) expect(await wrongFill(simUrl, bought, fill)).toBeUndefined();
  expect(sumOf(boughtBy.map(({ quantity }) => quantity))).toBe('0.01');
  expect(sumOf(boughtBy.map(({ quote }) => quote))).toBe(bought.filledQuote);
  // Taken from what is received, so there is less than was ordered.
  expect(bought.fees).toEqual([{ asset: 'BTC', quantity: sumOf(boughtBy.map(({ fee }) => fee)) }]);
  const left = new Exact('0.01').minus(bought.fees[0]?.quantity ?? 0).toFixed();
  const spent = new Exact(granted).minus(bought.filledQuote).toFixed();
  const balances = async () => [await balance('USDT'), await balance('BTC')];
  expect(await balances()).toMatchObject([
    { available: spent, reserved: '0' },
    { available: left, reserved: '0', via: 'btcusdt' },
  ]);
  const frame = await socket.frame(
    ({ PortfolioID, Coins }) => PortfolioID === portfolioId && Coins.some(({ Quantity }) => Quantity === left),
    patienceMs,
    0,
  );
  expect(frame.Cash).toMatchObject([{ Asset: 'USDT', Quantity: spent }]);

  const low = new Exact(bought.averagePrice ?? 0).times('0.9').toFixed(2);
  const resting = await place({ symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '0.002', price: low });
  const kept = new Exact(low).times('0.002');
  expect(resting).toMatchObject({
    status: 'NEW',
    working: true,
    reserved: { asset: 'USDT', quantity: kept.toFixed() },
  });
  expect(await balance('USDT')).toMatchObject({
    available: new Exact(spent).minus(kept).toFixed(),
    reserved: kept.toFixed(),
  });
  expect((await stranger.call('GET', `/api/v1/orders/${resting.id}`)).status).toBe(404);
  expect((await stranger.call('DELETE', `/api/v1/orders/${resting.id}`)).status).toBe(404);
  expect((await person.call('DELETE', `/api/v1/orders/${resting.id}`)).body).toMatchObject({ status: 'CANCELED' });
  await eventually('what was kept is back', async () => (await balance('USDT'))?.available === spent, patienceMs);
  expect(await balance('USDT')).toMatchObject({ reserved: '0' });

  const sold = await ended(
    (await place({ symbol: 'btcusdt', side: 'SELL', type: 'LIMIT', quantity: '0.005', price: low })).id,
  );
  expect(sold).toMatchObject({ status: 'FILLED', filledQuantity: '0.005' });
  for (const fill of await fills(sold.id)) expect(await wrongFill(simUrl, sold, fill)).toBeUndefined();
  const got = new Exact(sold.filledQuote).minus(sold.fees[0]?.quantity ?? 0);
  expect(await balances()).toMatchObject([
    { available: new Exact(spent).plus(got).toFixed(), reserved: '0' },
    { available: new Exact(left).minus('0.005').toFixed(), reserved: '0' },
  ]);

  for (const { id } of [bought, resting, sold]) {
    const order = await read(id);
    await eventually('told to the end', () => told(id).at(-1)?.Version === order.version, patienceMs);
    expect(told(id).at(-1)?.Order).toEqual(order);
    const versions = told(id).map(({ Version }) => Version);
    expect(versions).toEqual([...versions].sort((one, other) => one - other));
    const proof = (await person.call('GET', `/api/v1/orders/${id}/proof`)).body as ProofAnswer;
    const proven = proof.fills.map(({ tradeId, quantity }) => [tradeId, quantity]);
    expect(proven).toEqual((await fills(id)).map(({ tradeId, quantity }) => [tradeId, quantity]));
  }
  const toldOf = (asset: string) =>
    socket.messages.filter((one) => one.Type === 'balance').findLast(({ Asset }) => Asset === asset);
  for (const asset of ['USDT', 'BTC']) {
    const { available } = (await balance(asset)) ?? {};
    await eventually(`${asset} is told`, () => toldOf(asset)?.Available === available, patienceMs);
    expect(toldOf(asset)).toMatchObject({ PortfolioID: portfolioId, Reserved: '0' });
  }
  expect((await stranger.call('GET', '/api/v1/orders')).body).toMatchObject({ orders: [] });
  socket.close();
  return [bought.id, resting.id, sold.id];
};
