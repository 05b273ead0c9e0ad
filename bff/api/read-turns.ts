import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createTurns } from '@tickfolio/lib/lane/turns';
import type { FastifyRequest } from 'fastify';
import { signedIn } from './sign-in.js';

/**
 * Reads something for the user who asks, in the user's turn: however much one asks for at once, there are connections
 * left for others.
 * @throws AppError resource_exhausted when too much of the user's waits, or this did too long; unavailable when there is
 * no answer after 14 s, turn and all
 */
export type ReadInTurn = <T>(request: FastifyRequest, work: () => Promise<T>) => Promise<T>;

/**
 * One of each for what is read from it and nothing else: nobody waits for the archive to hear what the database has.
 */
export interface ReadTurns {
  /** Of the database. */
  readonly inTurn: ReadInTurn;
  readonly inArchiveTurn: ReadInTurn;
}

/** How much of one user is done at once, and waits. */
export interface ReadsPerUser {
  readonly atOnce: number;
  readonly maxWaiting: number;
}

/**
 * Less than half of the database's connections at once, and half of the archive's; one has its answer within some
 * milliseconds. A page asks for six things as it is opened, and a person has a dozen of them at most.
 */
const readsPerUser: ReadsPerUser = { atOnce: 4, maxWaiting: 100 };
/** The page waits for 15 s, and what has its turn may wait for a busy database for as long as that takes. */
const [maxWaitMs, maxAnswerMs] = [5_000, 14_000];

const tooLate = () =>
  new AppError('unavailable', 'This took too long to read; please try again in a few seconds.', {
    retryAfterMs: 2_000,
  });

export const createReadTurns = (clock: Clock, reads: ReadsPerUser = readsPerUser): ReadTurns => {
  const words = 'You ask for too much at once; please wait a little.';
  const orTooLate = async <T>(answer: Promise<T>): Promise<T> => {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.after(maxAnswerMs, () => reject(tooLate()));
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      timer?.cancel();
    }
  };
  const create = (): ReadInTurn => {
    const turns = createTurns({ clock, ...reads, maxWaitMs, words });
    // What is too late keeps its turn until it has ended: it has its connection as long.
    return (request, work) => orTooLate(turns.take(signedIn(request).userId, work));
  };
  return { inTurn: create(), inArchiveTurn: create() };
};
