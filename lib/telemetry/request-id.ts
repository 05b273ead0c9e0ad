import { randomUUID } from 'node:crypto';

/** The name, as an HTTP header and as a key of gRPC metadata, under which a request id crosses services. */
export const requestIdKey = 'x-request-id';

/**
 * The id that was given where it is a sane one, else a new one: it stands in every log line of the request and goes
 * back to the caller.
 */
export const requestIdOf = (given: unknown): string =>
  typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
