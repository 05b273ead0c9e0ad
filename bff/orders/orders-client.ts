import type * as wire from '@tickfolio/gen/orders/v1';
import { OrderServiceClient } from '@tickfolio/gen/orders/v1';
import { AppError } from '@tickfolio/lib/errors';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import { isUnanswered, notKnown, orUnanswered } from '../api/unanswered.js';
import type { Asker } from '../portfolios/portfolio-client.js';

type Of<Request> = Omit<Request, 'userId'>;
/** An order always has a name here, by which it is placed once however often it is sent. */
export type NamedOrder = Omit<wire.PlaceRequest, 'owner' | 'clientOrderId'> & { readonly clientOrderId: string };

/**
 * The orders service as the gateway needs it. @throws AppError; `unavailable` in words when it is away,
 * `deadline_exceeded` where it is not known what came of a change
 */
export interface OrdersClient {
  place(asker: Asker, order: NamedOrder): Promise<wire.PlaceResponse>;
  test(asker: Asker, order: NamedOrder): Promise<wire.TestResponse>;
  cancel(asker: Asker, orderId: string): Promise<wire.CancelResponse>;
  cancelAll(asker: Asker, which: Of<wire.CancelAllRequest>): Promise<wire.CancelAllResponse>;
  get(asker: Asker, orderId: string): Promise<wire.Order>;
  list(asker: Asker, asked: Of<wire.ListOrdersRequest>): Promise<wire.ListOrdersResponse>;
  listFills(asker: Asker, asked: Of<wire.ListFillsRequest>): Promise<wire.ListFillsResponse>;
  listEvents(asker: Asker, asked: Of<wire.ListOrderEventsRequest>): Promise<wire.ListOrderEventsResponse>;
  proof(asker: Asker, orderId: string): Promise<wire.ProofResponse>;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

/** A placed order is answered after 2 s at the latest; a thousand are ended in some seconds. */
const [readMs, placeMs, cancelMs, cancelAllMs] = [2_000, 5_000, 5_000, 20_000];
const restMs = 2_000;
const bounds = { opens: { failuresInRow: 5 }, maxAtOnce: 64, maxWaiting: 1_000, maxWaitMs: 1_000 };
/** Circuits of their own: what is placed says nothing of what is read, and takes no place from what is to be ended. */
const classes = {
  reads: { deadlineMs: readMs, bounds: { circuit: 'orders', ...bounds } },
  placing: { deadlineMs: placeMs, bounds: { circuit: 'orders-placing', ...bounds } },
  cancels: { deadlineMs: cancelMs, bounds: { circuit: 'orders-cancels', ...bounds } },
  cancelsOfMany: { deadlineMs: cancelAllMs, bounds: { circuit: 'orders-cancels-of-many', ...bounds, maxAtOnce: 8 } },
};

const who = 'Orders';
/** How to ask again for what has a name. */
const underName = (clientOrderId: string): string =>
  `Sent again with the clientOrderId ${clientOrderId}, it is placed once, and the answer says what became of it.`;
const readIt = 'Read the order to see whether it has ended.';
const readThem = 'Read GET /api/v1/orders?status=open to see which are still open.';

const orderOf = ({ order }: wire.OrderResponse): wire.Order => {
  if (!order) throw new AppError('internal', 'The orders service answered without an order.');
  return order;
};

export const createOrdersClient = (where: Neighbour): OrdersClient => {
  const { client, call, check, close } = createServiceClient(OrderServiceClient, {
    ...where,
    away: 'Orders cannot be reached at the moment; please try again in a few seconds.',
    restMs,
    classes,
  });
  const ownerOf = ({ userId, simulated }: Asker): wire.Owner => ({ userId, simulatedPrices: simulated });
  const again = ({ requestId }: Asker) => ({ requestId, repeatable: true });
  /** Asked once: that something has ended already is no answer to who ended it. */
  const once = async <T>(howToSee: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw isUnanswered(thrown) ? notKnown(howToSee, thrown, who) : thrown;
    }
  };
  return {
    place: (asker, order) => {
      const request = { owner: ownerOf(asker), ...order };
      const place = () => call('placing', client.place, request, again(asker));
      return orUnanswered(underName(order.clientOrderId), place, who);
    },
    test: (asker, order) => call('placing', client.test, { owner: ownerOf(asker), ...order }, again(asker)),
    cancel: ({ userId, requestId }, orderId) =>
      once(readIt, () => call('cancels', client.cancel, { userId, orderId }, { requestId })),
    cancelAll: ({ userId, requestId }, which) =>
      once(readThem, () => call('cancelsOfMany', client.cancelAll, { userId, ...which }, { requestId })),
    get: async (asker, orderId) =>
      orderOf(await call('reads', client.get, { userId: asker.userId, orderId }, again(asker))),
    list: (asker, asked) => call('reads', client.list, { userId: asker.userId, ...asked }, again(asker)),
    listFills: (asker, asked) => call('reads', client.listFills, { userId: asker.userId, ...asked }, again(asker)),
    listEvents: (asker, asked) => call('reads', client.listEvents, { userId: asker.userId, ...asked }, again(asker)),
    proof: (asker, orderId) => call('reads', client.proof, { userId: asker.userId, orderId }, again(asker)),
    check,
    close,
  };
};
