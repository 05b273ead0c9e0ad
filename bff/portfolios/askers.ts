import type { FastifyRequest } from 'fastify';
import { signedIn } from '../api/sign-in.js';
import type { Writes } from '../api/writes.js';
import type { Asker } from './portfolio-client.js';

export interface AskersOptions {
  /** Limits the writes of each user. */
  readonly writes: Writes;
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
    /** The same of who changes something. @param key as `Writes` has it @throws AppError resource_exhausted */
    writerOf: (request: FastifyRequest, key?: string): Asker => {
      const asker = askerOf(request);
      writes.take(asker.userId, key);
      return asker;
    },
  };
};
