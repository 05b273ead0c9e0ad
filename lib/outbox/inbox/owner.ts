import type { Client } from '@grpc/grpc-js';
import type { ClientConstructor, UnaryMethod } from '../../grpc/client.js';
import { createServiceClient, type Neighbour, type ServiceClient } from '../../grpc/grpc.js';
import type { ListEvents } from '../list-events.js';

/** `ListEventsRequest` and its answer, as the EventService of every package has them. */
interface Asked {
  readonly stream: { readonly name: string; readonly fromVersion: number } | undefined;
  readonly all: { readonly afterSeq: number } | undefined;
  readonly limit: number;
}
interface Listed {
  readonly events: string[];
  readonly next: number;
  readonly stream: { readonly lastVersion: number; readonly epoch: number } | undefined;
}
interface EventClient extends Client {
  readonly listEvents: UnaryMethod<Asked, Listed>;
}

/** A service that others ask for its events. */
export interface Owner extends Pick<ServiceClient<Client, never>, 'check' | 'close'> {
  readonly list: ListEvents;
}

const deadlineMs = 5_000;

/** Asks `<package>.v1.EventService`. @param EventServiceClient as it was made of that package. The owner closes it. */
export const connectOwner = (EventServiceClient: ClientConstructor<EventClient>, where: Neighbour): Owner => {
  const { client, call, check, close } = createServiceClient(EventServiceClient, {
    ...where,
    away: 'The service that has the events cannot be reached at the moment.',
    restMs: 0,
    classes: { events: { deadlineMs } },
  });
  return {
    list: async (asked, limit) => {
      const request: Asked = {
        stream: 'stream' in asked ? { name: asked.stream, fromVersion: asked.fromVersion } : undefined,
        all: 'afterSeq' in asked ? { afterSeq: asked.afterSeq } : undefined,
        limit,
      };
      const { events, next, stream } = await call('events', client.listEvents, request, { repeatable: true });
      return { events, next, ...(stream ? { stream } : {}) };
    },
    check,
    close,
  };
};
