import { randomUUID } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { countOf } from '@tickfolio/lib/kit/counts';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderStack, startOrderStack } from '../kit/order-stack.js';

const rounds = countOf('ROUNDS', 20);
const server = await startTestPostgres();

describe.skipIf(!server)(`orders and portfolios on ${server?.origin ?? 'no server: NOT COVERED'}`, () => {
  let stack: OrderStack;
  beforeAll(async () => {
    if (server) stack = await startOrderStack(server, '100');
  });
  afterAll(async () => {
    await stack?.close();
    await server?.close();
  });
  const reasonOf = (thrown: unknown) =>
    thrown instanceof AppError ? (thrown.problem ?? thrown.fields[0]?.reason ?? thrown.code) : String(thrown);
  const placed = (replica: number, userId: string, clientOrderId: string) =>
    stack.place(replica, userId, { clientOrderId }).then(
      ({ order }) => ({ id: order?.id, said: order?.status }),
      (thrown: unknown) => ({ id: undefined, said: reasonOf(thrown) }),
    );

  it(`of two orders for the last 100 USDT one is taken, whichever replica they ask, in ${rounds} rounds (F7)`, async () => {
    for (let round = 0; round < rounds; round++) {
      const userId = randomUUID();
      expect(await stack.held(userId)).toEqual(['USDT 100 0']);
      const both = await Promise.all([placed(0, userId, 'a'), placed(round % 2, userId, 'b')]);
      expect(both.map(({ said }) => said).sort()).toEqual(['NEW', 'insufficient-balance']);
      expect(await stack.held(userId)).toEqual(['USDT 0 100']);
    }
  });

  it(`an order that is placed twice at once is one, in ${rounds} rounds (F1)`, async () => {
    for (let round = 0; round < rounds; round++) {
      const userId = randomUUID();
      await stack.held(userId);
      const all = await Promise.all([placed(0, userId, 'a'), placed(1, userId, 'a'), placed(0, userId, 'a')]);
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
      expect(all.map(({ said }) => said)).toEqual(['NEW', 'NEW', 'NEW']);
      expect(await stack.held(userId)).toEqual(['USDT 0 100']);
      const cancelled = await Promise.allSettled([
        stack.cancel(0, userId, all[0]?.id ?? ''),
        stack.cancel(1, userId, all[0]?.id ?? ''),
      ]);
      const said = cancelled.map((one) =>
        one.status === 'fulfilled' ? one.value.order?.status : reasonOf(one.reason),
      );
      expect(said.sort()).toEqual(['CANCELED', 'already-ended']);
      await becomes(() => stack.held(userId), ['USDT 100 0']);
    }
  });
});
