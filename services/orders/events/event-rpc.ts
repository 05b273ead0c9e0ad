import type * as wire from '@tickfolio/gen/orders/v1';
import { EventServiceService } from '@tickfolio/gen/orders/v1';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { eventsAsked, type ListEvents } from '@tickfolio/lib/outbox';
import { inBackground, unaryOf } from '@tickfolio/lib/postgres';

/** Adds orders.v1.EventService to the server. */
export const serveEvents = (server: GrpcServer, list: ListEvents): void => {
  const unary = unaryOf(server);
  const implementation: wire.EventServiceServer = {
    listEvents: unary<wire.ListEventsRequest, wire.ListEventsResponse>(async (request) => {
      // For those who take events in.
      const { events, next, stream } = await inBackground(() => list(eventsAsked(request), request.limit));
      return { events: [...events], next, stream };
    }),
  };
  server.addService(EventServiceService, implementation);
};
