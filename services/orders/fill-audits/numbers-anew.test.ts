import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { createFillAudit } from './fill-audit.js';

it('a fill of before the exchange began its ids anew is not held against a trade that has its number by now', async () => {
  const { order, exchange, read, until, position, start, whileTimePasses, kept } = createFollowedTape();
  exchange.trade('100', '1', 'buyer', 1_000, 9);
  const follower = start();
  await whileTimePasses(follower.reference());
  const id = await order({ price: '90', quantity: '3' });
  exchange.trade('89', '1', 'seller', 20_000);
  await until(async () => (await read(id)).status === 'PARTIALLY_FILLED', 'a part is filled by 10');
  const again = { price: '100', quantity: '1', buyerIsMaker: true };
  exchange.renumber([8, 9, 10, 11].map((number) => ({ ...again, id: number, tradeTimeMs: 60_000 + number })));
  await until(async () => (await position())?.lastTradeId === 11, 'they begin anew');
  await follower.close();
  const audit = createFillAudit({ history: exchange.history });
  const stored = { order: await read(id), fills: [...kept.fills.values()], others: [] };
  const { differences } = await audit(stored, 5_000, new AbortController().signal);
  expect(differences).toEqual([]);
});
