import { createWrites } from '../api/writes.js';
import type { BffModule } from '../module.js';
import type { Shared } from '../shared.js';
import { orderPartRoutes } from './order-part-routes.js';
import { orderRoutes } from './order-routes.js';
import { withToldRefusals } from './told-refusals.js';
import { createOrderCalls } from './user-turns.js';

const clientOf = ({ deps: { neighbours } }: Shared) => neighbours.client('orders', createOrderCalls);

/** Orders at paper money, which the orders service keeps. */
export const orders: BffModule = {
  tag: 'orders',
  about:
    'Orders at paper money, filled by public trades of the exchange that anybody can look up. What becomes of them comes over the WebSocket, on the channel `orders`.',
  prefix: '/api/v1/orders',
  dependency: (shared) =>
    shared.options.without.includes('orders')
      ? undefined
      : { name: 'orders', required: false, check: () => clientOf(shared).check() },
  register: async (scope, shared) => {
    const { deps, options, sessions, market, findView, atPublic } = shared;
    const prepared = {
      verify: sessions.verify,
      client: withToldRefusals(clientOf(shared), market.symbols),
      writes: createWrites({
        clock: deps.clock,
        ...options.ordersPerUser,
        words: 'Too many orders in a short time; please wait a little.',
      }),
      ...{ findView, atPublic },
      simulated: () => market.kind.simulated,
    };
    await scope.register(orderRoutes, prepared);
    await scope.register(orderPartRoutes, prepared);
  },
};
