import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';

const begin = async () => {
  const all = createFollowedTape();
  all.exchange.trade('100', '1', 'buyer', 1_000);
  const follower = all.start();
  await all.whileTimePasses(follower.reference());
  return { ...all, follower };
};

it('counts the very first trade, number 0, where the exchange begins its ids anew', async () => {
  const { order, exchange, read, until, position, follower } = await begin();
  for (let at = 2; at < 50; at++) exchange.trade('100', '1', 'buyer', at * 1_000);
  await until(async () => (await position())?.lastTradeId === 49, 'all are looked at');
  const id = await order({ price: '90' });
  exchange.renumber([{ price: '85', quantity: '1', tradeTimeMs: 60_000, buyerIsMaker: true, id: 0 }]);
  await until(async () => (await position())?.lastTradeId === 0, 'they begin anew');
  expect(await read(id)).toMatchObject({ acceptedAfterTrade: -1 });
  await follower.close();
  expect((await read(id)).status).toBe('FILLED');
});

it('goes on with everybody where an order meets a number twice, before and after ids began anew', async () => {
  const { order, exchange, read, until, position, follower } = await begin();
  for (let at = 2; at < 10; at++) exchange.trade('100', '1', 'buyer', at * 1_000);
  await until(async () => (await position())?.lastTradeId === 9, 'all are looked at');
  const id = await order({ price: '90', quantity: '3' });
  const other = await order({ price: '80', userId: 'other', portfolioId: 'b' });
  exchange.trade('89', '1', 'seller', 20_000);
  await until(async () => (await read(id)).status === 'PARTIALLY_FILLED', 'a part is filled by 10');
  const again = { price: '100', quantity: '1', tradeTimeMs: 60_000, buyerIsMaker: true };
  exchange.renumber([{ ...again, id: 8 }]);
  await until(async () => (await position())?.lastTradeId === 8, 'they begin anew');
  exchange.trade('100', '1', 'seller', 61_000, 9);
  exchange.trade('89', '1', 'seller', 62_000, 10);
  exchange.trade('70', '5', 'seller', 63_000, 11);
  try {
    await until(async () => (await read(other)).status === 'FILLED', "another user's order is filled");
  } finally {
    await follower.close();
  }
});
