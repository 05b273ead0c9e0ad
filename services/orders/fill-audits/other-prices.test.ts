import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { cancel } from '../saga/decisions.js';
import { createFillAudit } from './fill-audit.js';

it('an order that is cancelled while prices are of the other kind does not end after a trade of those', async () => {
  const all = createFollowedTape();
  const { exchange, start, whileTimePasses, order, until, kept, read, store } = all;
  for (let at = 1; at <= 50; at++) exchange.trade('100', '1', 'buyer', at * 1_000);
  const follower = start();
  await whileTimePasses(follower.reference());
  const history = [...Array(50).keys()].map((at) => ({
    id: at + 1,
    price: '100',
    quantity: '1',
    tradeTimeMs: (at + 1) * 1_000,
    buyerIsMaker: false,
  }));
  const id = await order({ price: '99', quantity: '2', userId: 'somebody' });
  exchange.trade('98', '1', 'seller', 51_000);
  await until(async () => (await read(id)).status === 'PARTIALLY_FILLED', 'a part is filled');
  history.push({ id: 51, price: '98', quantity: '1', tradeTimeMs: 51_000, buyerIsMaker: true });
  const made = { quantity: '5', tradeTimeMs: 60_000, buyerIsMaker: true };
  exchange.turn(true, [{ ...made, id: 3, price: '10' }]);
  const tape = { venue: 'binance', symbol: 'btcusdt' };
  await until(async () => (await store.orders(tape, true)).position?.simulated === true, 'made-up trades are followed');
  await store.change(id, cancel('somebody'), { tape: true });
  await follower.close();
  const row = await read(id);
  const rows = history.map((one) => ({ ...one, firstTradeId: one.id, lastTradeId: one.id }));
  const trades = async (_: string, from: number, limit: number) => rows.filter((one) => one.id >= from).slice(0, limit);
  const audit = createFillAudit({ history: { trades } });
  const fills = [...kept.fills.values()];
  const { differences } = await audit({ order: row, fills, others: [] }, 5_000, new AbortController().signal);
  expect({ accepted: row.acceptedAfterTrade, ended: row.endedAfterTrade, differences }).toMatchObject({
    accepted: 50,
    differences: [],
  });
});
