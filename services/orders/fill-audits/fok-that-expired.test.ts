import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { createFillAudit } from './fill-audit.js';

it('what FOK that expired would have had of a trade has another order of the portfolio, as the audit fills it again', async () => {
  const { exchange, start, whileTimePasses, order, caughtUp, kept, read } = createFollowedTape();
  exchange.trade('99', '1', 'seller', 900);
  exchange.trade('100', '1', 'buyer', 1_000);
  const follower = start();
  await whileTimePasses(follower.reference());
  const fok = await order({ price: '105', quantity: '100', timeInForce: 'FOK' });
  const limit = await order({ price: '104', quantity: '1' });
  exchange.trade('103', '2', 'buyer', 1_100);
  // The exchange's best offer leaves; the window of FOK is over.
  exchange.trade('110', '1', 'buyer', 5_000);
  await caughtUp();
  await follower.close();
  expect((await read(fok)).status).toBe('EXPIRED');
  const storedOf = async (id: string) => ({
    order: await read(id),
    fills: [...kept.fills.values()].filter(({ orderId }) => orderId === id),
    others: [...kept.fills.values()].filter(({ orderId }) => orderId !== id),
  });
  const audit = createFillAudit({ history: exchange.history });
  // Closed by its user, as it is audited.
  const stored = await storedOf(limit);
  const { differences } = await audit(
    { ...stored, order: { ...stored.order, endedAfterTrade: 4 } },
    5_000,
    new AbortController().signal,
  );
  expect({ status: stored.order.status, differences }).toEqual({ status: 'FILLED', differences: [] });
});
