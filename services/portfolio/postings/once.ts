import { createHash } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError, differentRequest } from '@tickfolio/lib/errors';
import { createTurns } from '@tickfolio/lib/lane/turns';
import {
  type Database,
  fromPostgresError,
  sqlState,
  type Transaction,
  transact,
  UnansweredCommitError,
  uniqueViolation,
  violatedConstraint,
} from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { v5 as uuid5 } from 'uuid';
import { booksRefusal } from './refusal.js';
import { postings } from './tables.js';

/** Of ids that are made of something, so that a repeat makes the same. */
const namespace = '5b0f3c1e-7a94-4d0e-9a3d-2f1f6f0c8a71';
const derivedId = (...parts: readonly string[]): string => uuid5(JSON.stringify(parts), namespace);

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * The id of what a user asks for under a key: one for all the user's portfolios. @throws AppError invalid_argument for
 * what is no key
 */
export const idOfKey = (userId: string, key: string): string => {
  if (keyPattern.test(key)) return derivedId('key', userId, key);
  const message = 'must be 1 to 255 visible ASCII characters without blanks';
  throw booksRefusal('invalid_argument', 'idempotency-key', 'invalid-argument', `The Idempotency-Key ${message}.`);
};
/** Of what a posting is undone by, once. */
export const idOfUndo = (postingId: string): string => derivedId('undo', postingId);
/** Of what a portfolio begins with. */
export const idOfGrant = (portfolioId: string): string => derivedId('grant', portfolioId);
/** Of what a user had where it was counted before. */
export const idOfAdoption = (userId: string): string => derivedId('adopt', userId);
/** Of a part of it, the last one excepted. @param version of the portfolio before it */
export const idOfAdopted = (userId: string, version: number): string => derivedId('adopt', userId, String(version));
export const idOfRelease = (reservationId: string): string => derivedId('release', reservationId);

/** The same for the same request only. */
export const hashOf = (...content: readonly (string | readonly string[])[]): Uint8Array =>
  createHash('sha256').update(JSON.stringify(content)).digest();
export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * The answer that was given under this id before; undefined where none was.
 * @throws AppError what `different` makes, where the id stands for another request
 */
export const findAnswer = async <Result>(
  tx: Transaction,
  id: string,
  requestHash: Uint8Array,
  different: () => AppError = differentRequest,
): Promise<Result | undefined> => {
  const [found] = await tx.select().from(postings).where(eq(postings.id, id));
  if (!found) return undefined;
  if (!isSame(found.requestHash, requestHash)) throw different();
  return found.result as Result;
};

const decidedOnce = new Set(['postings_pkey', 'reservations_pkey', 'balances_pkey']);

/** Of one portfolio or user; as many as one user may ask for at once. */
const maxWaitingCommands = 300;
const maxWaitMs = 10_000;

export interface CommandDeps {
  readonly db: Database;
  /** How long commands wait for each other. */
  readonly clock: Pick<Clock, 'after'>;
}

/**
 * A command: one transaction. Those of one portfolio, and those of one user that make or name portfolios, wait for each
 * other in any case: here, where they hold no connection. Where another portfolio got the same id at the same moment, or
 * a balance of one the same number, which its own lock does not prevent, it is looked at once more what that one is.
 * @param signal of who asked: what is not begun once nobody waits for it is never done, for whoever has left may have
 * done something else since
 * @throws AppError resource_exhausted where too many wait; canceled; deadline_exceeded where it is not known whether it
 * was done; also for what the database throws
 */
export type Command = <Result>(
  of: string,
  work: (tx: Transaction) => Promise<Result>,
  signal?: AbortSignal,
) => Promise<Result>;

/** The database went away while it was told to commit. */
const notKnown = (cause: AppError): AppError =>
  new AppError('deadline_exceeded', 'The database did not answer, so it is not known whether this was done.', {
    cause,
  });

export const createCommand = ({ db, clock }: CommandDeps): Command => {
  const words = 'Too many changes at once; please wait a little.';
  const bounds = { atOnce: 1, maxWaiting: maxWaitingCommands, maxWaitMs };
  const turns = createTurns({ clock, ...bounds, words, failTogether: true });
  return async (of, work, signal) => {
    let isBegun = false;
    const once = () =>
      transact(db, async (tx) => {
        // A connection may have taken as long as a turn.
        if (signal?.aborted) throw new AppError('canceled', 'Nobody waits for it any more; nothing was changed.');
        return work(tx);
      });
    const inTurn = async () => {
      isBegun = true;
      try {
        return await once().catch((thrown: unknown) => {
          const isTaken = sqlState(thrown) === uniqueViolation && decidedOnce.has(violatedConstraint(thrown) ?? '');
          if (!isTaken) throw thrown;
          return once();
        });
      } catch (thrown) {
        throw fromPostgresError(thrown);
      }
    };
    try {
      return await turns.take(of.toLowerCase(), inTurn, signal);
    } catch (thrown) {
      // Those that fail with it while they wait are told that the database is away.
      throw isBegun && thrown instanceof UnansweredCommitError ? notKnown(thrown) : thrown;
    }
  };
};
