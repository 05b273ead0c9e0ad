import { clockToleranceMs, maxAccessTtl } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createTurns } from '@tickfolio/lib/lane/turns';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { AuthClient } from './auth-client.js';
import { createRememberedIds } from './remembered-ids.js';

/**
 * Keeps out the access tokens of sessions that ended: they are valid for some minutes more. Ends are heard of by notice
 * and remembered for a while; what was missed (before this process ran, or while notices could not be heard) is found
 * by asking the auth service.
 */
export interface SessionGate {
  /** Remembers that a session ended, or all of a user that is gone. */
  end(id: string): void;
  hasEnded(sessionId: string): boolean;
  /** @throws AppError unauthenticated for a session, or a user, known to have ended */
  refuseEnded(id: string): void;
  /**
   * Asks the auth service too. Nobody is kept out because it cannot be asked, or is asked too much: a valid token keeps
   * working.
   * @throws AppError unauthenticated
   */
  ask(sessionId: string, requestId: string): Promise<void>;
  /**
   * The same before a session changes something here for the first time: a token that is good may be of a session that
   * auth knows nothing of, because an older copy of its database was put back, and nobody could ever erase what it
   * makes. Once a day at most. Where such a copy is known to have been put back, nothing is changed while nobody can say.
   * @throws AppError unauthenticated, unavailable
   */
  askOnce(sessionId: string, requestId: string): Promise<void>;
  /**
   * Which sessions are open is to be asked anew: another copy of auth's database may have been put in its place.
   * @param isAnother whether that is certain
   */
  forgetKnown(isAnother: boolean): void;
}

export interface SessionGateDeps {
  readonly auth: Pick<AuthClient, 'isSessionOpen'>;
  /** Called for a session of which only the auth service knew that it ended. */
  readonly foundEnded: (sessionId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface SessionGateOptions {
  /** Questions on their way at once. Default 64. */
  readonly maxAsking?: number;
  /** Questions waiting for their turn; past it a token passes unasked. Default 5 000. */
  readonly maxWaiting?: number;
  /**
   * How long one waits for its turn; then too a token passes unasked. Default 1 000, as somebody waits to be let in.
   */
  readonly maxWaitMs?: number;
}

/** Longer than any access token lives: the longest that auth gives one, and what clocks may differ. */
const rememberMs = maxAccessTtl.ms + clockToleranceMs;
/** Some 10 MB. */
const maxKnown = 100_000;
/** Auth is asked again then. */
const retryAfterMs = 2_000;

const notKnownSinceRestored = (): AppError =>
  new AppError(
    'unavailable',
    'Accounts were restored from a backup and cannot be asked whether this session is still one; nothing was changed. Please try again in a few seconds.',
    { retryAfterMs },
  );

export const createSessionGate = (deps: SessionGateDeps, options: SessionGateOptions = {}): SessionGate => {
  const { auth, foundEnded, clock, log, metrics } = deps;
  const { maxAsking = 64, maxWaiting = 5_000, maxWaitMs = 1_000 } = options;
  /** Sessions that ended lately, so that their access tokens, valid for some minutes more, open nothing here. */
  const ended = createRememberedIds(clock, rememberMs);
  /** Sessions of which auth has said that they are open. */
  let known = createRememberedIds(clock, rememberMs, maxKnown);
  let restoredAtMs: number | undefined;
  /** While there may be tokens of before. */
  const isRestored = () => restoredAtMs !== undefined && clock.monotonic() - restoredAtMs < rememberMs;
  const turns = createTurns({
    clock,
    atOnce: maxAsking,
    maxWaiting,
    maxWaitMs,
    words: 'Too many sessions are asked about.',
  });
  const answers = metrics.counter<'answer'>({
    name: 'session_checks_total',
    help: 'Questions whether a session is open, by answer: open, ended, unknown (auth could not be asked; the token passed)',
    labelNames: ['answer'],
  });
  const refuseEnded = (id: string) => {
    if (ended.has(id)) throw new AppError('unauthenticated', 'The session was ended; sign in again.');
  };
  const answerOf = async (sessionId: string, requestId: string): Promise<'open' | 'ended' | 'unknown'> => {
    try {
      return (await turns.take('', () => auth.isSessionOpen(sessionId, requestId))) ? 'open' : 'ended';
    } catch (err) {
      log.debug({ err, sessionId }, 'the auth service could not be asked about a session');
      return 'unknown';
    }
  };

  const askFor = async (sessionId: string, requestId: string) => {
    refuseEnded(sessionId);
    const asked = known;
    const answer = await answerOf(sessionId, requestId);
    answers.inc({ answer });
    if (answer === 'open') asked.add(sessionId);
    if (answer === 'ended') foundEnded(sessionId);
    refuseEnded(sessionId);
    return answer;
  };

  return {
    end: ended.add,
    hasEnded: ended.has,
    refuseEnded,
    ask: async (sessionId, requestId) => void (await askFor(sessionId, requestId)),
    askOnce: async (sessionId, requestId) => {
      if (known.has(sessionId)) return;
      const answer = await askFor(sessionId, requestId);
      if (answer === 'unknown' && isRestored()) throw notKnownSinceRestored();
    },
    forgetKnown: (isAnother) => {
      if (isAnother) restoredAtMs = clock.monotonic();
      known = createRememberedIds(clock, rememberMs, maxKnown);
    },
  };
};
