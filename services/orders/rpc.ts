import type * as wire from '@tickfolio/gen/orders/v1';
import { OrderServiceService } from '@tickfolio/gen/orders/v1';
import { invalidField } from '@tickfolio/lib/errors';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import type { SymbolRulesSource } from './market/symbol-rules-source.js';
import type { Cancelling } from './orders/cancelling.js';
import type { PlaceAsked } from './orders/judging.js';
import type { Placing } from './orders/placing.js';
import { provenOf } from './orders/proof.js';
import type { Readings } from './orders/readings.js';
import { rejectedOrder } from './orders/refusals.js';
import { fillToWire, orderToWire } from './wire.js';

/** Name in grpc.health.v1. */
export const serviceName = 'orders.v1.OrderService';

export interface ServedOrders {
  readonly placing: Placing;
  readonly cancelling: Cancelling;
  readonly readings: Readings;
  readonly symbols: Pick<SymbolRulesSource, 'simulated'>;
}

const maxUserIdLength = 200;
const readUserId = (userId: string | undefined): string => {
  if (userId === undefined || userId === '' || userId.length > maxUserIdLength)
    throw invalidField('user_id', `must be 1 to ${maxUserIdLength} characters`);
  return userId;
};

const askedOf = (request: wire.PlaceRequest, requestId: string): PlaceAsked => {
  const { owner, portfolioId, clientOrderId, ...order } = request;
  return {
    userId: readUserId(owner?.userId),
    simulated: owner?.simulatedPrices,
    portfolioId,
    clientOrderId,
    order,
    requestId,
  };
};

/** Adds orders.v1.OrderService to the server. */
export const serveOrders = (server: GrpcServer, { placing, cancelling, readings, symbols }: ServedOrders): void => {
  const unary = unaryOf(server);
  const toWire = (order: Parameters<typeof orderToWire>[0], unsettled: number) =>
    orderToWire(order, unsettled, symbols.simulated);
  const implementation: wire.OrderServiceServer = {
    place: unary<wire.PlaceRequest, wire.PlaceResponse>(async (request, { requestId }) => {
      const { state, isRepeat } = await placing.place(askedOf(request, requestId));
      if (state.order.status === 'REJECTED') throw rejectedOrder(state.order);
      const order = toWire(state.order, state.unsettled.length);
      return { order, repeatedRequest: isRepeat, decided: state.order.status !== 'PENDING' };
    }),
    test: unary<wire.PlaceRequest, wire.TestResponse>(async (request, { requestId }) => {
      const { reserve, estimatedFee } = await placing.test(askedOf(request, requestId));
      return { reserve: { ...reserve }, estimatedFee: { ...estimatedFee } };
    }),
    cancel: unary<wire.CancelRequest, wire.CancelResponse>(async ({ userId, orderId }, { requestId }) => {
      const { state, isDecided } = await cancelling.one(readUserId(userId), orderId, requestId);
      return { order: toWire(state.order, state.unsettled.length), decided: isDecided };
    }),
    cancelAll: unary<wire.CancelAllRequest, wire.CancelAllResponse>(async ({ userId, ...which }, { requestId }) => {
      const { canceled, failed } = await cancelling.all({ userId: readUserId(userId), ...which }, requestId);
      return { canceled: [...canceled], failed: failed.map((one) => ({ ...one })) };
    }),
    get: unary<wire.GetOrderRequest, wire.OrderResponse>(async ({ userId, orderId }) => {
      const { order, unsettled } = await readings.get(readUserId(userId), orderId);
      return { order: toWire(order, unsettled) };
    }),
    list: unary<wire.ListOrdersRequest, wire.ListOrdersResponse>(async ({ userId, ...asked }) => {
      const { items, next } = await readings.list({ userId: readUserId(userId), ...asked });
      return { orders: items.map(({ order, unsettled }) => toWire(order, unsettled)), next };
    }),
    listFills: unary<wire.ListFillsRequest, wire.ListFillsResponse>(async ({ userId, orderId, ...page }) => {
      const { items, next } = await readings.fills(readUserId(userId), orderId, page);
      return { fills: items.map(fillToWire), next };
    }),
    listEvents: unary<wire.ListOrderEventsRequest, wire.ListOrderEventsResponse>(
      async ({ userId, orderId, ...page }) => {
        const { items, next } = await readings.events(readUserId(userId), orderId, page);
        return { events: [...items], next };
      },
    ),
    proof: unary<wire.ProofRequest, wire.ProofResponse>(async ({ userId, orderId }) => {
      const { order } = await readings.get(readUserId(userId), orderId);
      return provenOf(order, await readings.allFills(order.id));
    }),
  };
  server.addService(OrderServiceService, implementation);
};
