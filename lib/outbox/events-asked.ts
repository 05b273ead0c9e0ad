import { AppError } from '../errors/errors.js';
import type { EventsAsked } from './list-events.js';

/** As every publisher's `EventService.ListEvents` is asked. */
export interface ListEventsRequest {
  readonly stream?: { readonly name: string; readonly fromVersion: number } | undefined;
  readonly all?: { readonly afterSeq: number } | undefined;
}

/** @throws AppError invalid_argument where nothing is asked for */
export const eventsAsked = ({ stream, all }: ListEventsRequest): EventsAsked => {
  if (stream) return { stream: stream.name, fromVersion: stream.fromVersion };
  if (all) return { afterSeq: all.afterSeq };
  throw new AppError('invalid_argument', 'Ask for a stream or for all events.', {
    fields: [{ field: 'stream', message: 'or `all` must be there' }],
  });
};
