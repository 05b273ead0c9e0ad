import type * as wire from '@tickfolio/gen/auth/v1';
import { EventServiceService } from '@tickfolio/gen/auth/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import type { EventsAsked, ListEvents } from '@tickfolio/lib/outbox';
import { unaryOf } from '../rpc-call.js';

const askedOf = ({ stream, all }: wire.ListEventsRequest): EventsAsked => {
  if (stream) return { stream: stream.name, fromVersion: stream.fromVersion };
  if (all) return { afterSeq: all.afterSeq };
  throw new AppError('invalid_argument', 'Ask for a stream or for all events.', {
    fields: [{ field: 'stream', message: 'or `all` must be there' }],
  });
};

/** Adds auth.v1.EventService to the server. */
export const serveEvents = (server: GrpcServer, list: ListEvents): void => {
  const unary = unaryOf(server);
  const implementation: wire.EventServiceServer = {
    listEvents: unary<wire.ListEventsRequest, wire.ListEventsResponse>(async (request) => {
      const { events, next, stream } = await list(askedOf(request), request.limit);
      return { events: [...events], next, stream };
    }),
  };
  server.addService(EventServiceService, implementation);
};
