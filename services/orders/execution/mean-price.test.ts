import { divide, formatDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';

const begin = async (limits = {}) => {
  const all = createFollowedTape({ limits });
  all.exchange.trade('100', '1', 'buyer', 1_000);
  const follower = all.start();
  await all.whileTimePasses(follower.reference());
  const mean = async () => {
    const said = (await all.whileTimePasses(follower.reference()))?.meanPrice;
    return said && formatDecimal(divide(said.numerator, said.denominator, 8));
  };
  return { ...all, follower, mean };
};

it('takes the mean price of made-up trades from those alone', async () => {
  const { exchange, until, store, follower, mean } = await begin();
  exchange.trade('100', '5', 'buyer', 50_000);
  expect(await mean()).toBe('100');
  exchange.turn(true, [{ id: 3, price: '10', quantity: '1', tradeTimeMs: 60_000, buyerIsMaker: true }]);
  const tape = { venue: 'binance', symbol: 'btcusdt' };
  await until(async () => (await store.orders(tape, true)).position?.simulated === true, 'made-up trades are followed');
  const said = await mean();
  await follower.close();
  expect(said).toBe('10');
});

it('takes the mean price of each trade once, also where a stream was cut before it was stored', async () => {
  const { exchange, follower, mean, clock } = await begin({ storeMs: 60_000, eagerMs: 0 });
  exchange.trade('200', '1', 'buyer', 2_000);
  await clock.advanceAsync(20);
  exchange.cut();
  await clock.advanceAsync(1_000);
  const said = await mean();
  await follower.close();
  expect(said).toBe('150');
});
