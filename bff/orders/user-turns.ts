import type { Clock } from '@tickfolio/lib/clock';
import type { Neighbour } from '@tickfolio/lib/grpc';
import { createTurns } from '@tickfolio/lib/lane/turns';
import { createOrdersClient, type OrdersClient } from './orders-client.js';

const words = 'Too many orders at once; please wait a little.';
const [atOnce, maxWaiting, maxWaitMs] = [8, 100, 2_000];

/**
 * The orders service, with some changes of one user at once and the others in their turn: who places many takes no place
 * from others while a portfolio is slow to say what it keeps for them. @throws AppError resource_exhausted where a turn
 * does not come; then nothing was changed
 */
const withUserTurns = (client: OrdersClient, clock: Pick<Clock, 'after'>): OrdersClient => {
  const turns = createTurns({ clock, atOnce, maxWaiting, maxWaitMs, words });
  return {
    ...client,
    place: (asker, order) => turns.take(asker.userId, () => client.place(asker, order)),
    test: (asker, order) => turns.take(asker.userId, () => client.test(asker, order)),
    cancelAll: (asker, which) => turns.take(asker.userId, () => client.cancelAll(asker, which)),
  };
};

/** One for everybody here, so that it knows all changes of a user. */
export const createOrderCalls = (where: Neighbour): OrdersClient =>
  withUserTurns(createOrdersClient(where), where.clock);
