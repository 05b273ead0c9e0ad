import { OrderServiceClient } from '@tickfolio/gen/orders/v1';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { startTestOrders, type TestOrders } from '../kit/orders.js';
import { fill } from '../saga/fills.js';

let postgres: Postgres;
let orders: TestOrders;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  orders = await startTestOrders(postgres);
});
afterAll(async () => {
  await orders?.close();
  await postgres?.close();
});

it('fills are read page by page from trade 0 on, which the first trade of a pair is', async () => {
  const somebody = orders.somebody();
  await orders.trade('btcusdt', '100');
  const { id } = await somebody.placed({ quantity: '2', price: '90' });
  const by = (tradeId: number) =>
    fill({
      ...{ tradeId, quantity: '1', isLast: tradeId === 1, price: '90', maker: true, tradedAtMs: tradeId * 1_000 },
      trade: { price: '89.5', quantity: '7', takenBefore: '0', buyerIsMaker: true },
      feeChoices: [{ asset: 'BTC', amount: '0.001' }],
      feeScheduleId: 1,
    });
  await orders.trade('btcusdt', '90', () => [0, 1].map((tradeId) => ({ orderId: id, decide: by(tradeId) })));
  const client = createGrpcClient(OrderServiceClient, `127.0.0.1:${orders.app.port}`);
  const page = (cursor: string) =>
    callUnary(
      client,
      client.listFills,
      { userId: somebody.userId, orderId: id, limit: 1, cursor },
      { deadlineMs: 10_000 },
    );
  try {
    const first = await page('');
    const second = await page(first.next);
    expect([...first.fills, ...second.fills].map(({ tradeId }) => tradeId)).toEqual([0, 1]);
  } finally {
    client.close();
  }
});
