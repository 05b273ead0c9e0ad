import type { Throttle } from '@tickfolio/lib/throttle';
import type { FastifyRequest } from 'fastify';
import { signedIn } from '../api/sign-in.js';
import type { Asker } from './portfolio-client.js';

export interface AskersOptions {
  /** Limits the writes of each user. */
  readonly writes: Throttle;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
}

/** Who asks for something of portfolios, on routes behind `requireSignIn`. */
export const createAskers = ({ writes, simulated }: AskersOptions) => {
  const askerOf = (request: FastifyRequest): Asker => ({
    userId: signedIn(request).userId,
    simulated: simulated(),
    requestId: request.id,
  });
  return {
    askerOf,
    /** The same of who changes something. @throws AppError resource_exhausted */
    writerOf: (request: FastifyRequest): Asker => {
      const asker = askerOf(request);
      writes.take(asker.userId);
      return asker;
    },
  };
};
