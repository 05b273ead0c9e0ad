import { AuthServiceClient, type TokenPair } from '@tickfolio/gen/auth/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { callUnary, createGrpcClient, type GrpcTls, isServing, type ObserveCall } from '@tickfolio/lib/grpc';
import { renewalTimes } from '@tickfolio/lib/renewal';
import { ConsecutiveBreaker, ConstantBackoff, handleWhen, type IBreaker, retry, SamplingBreaker } from 'cockatiel';
import type { ObserveCircuit } from '../circuit-metrics.js';
import { createCallClass } from './call-class.js';

export type { TokenPair } from '@tickfolio/gen/auth/v1';

/** What a call carries besides its own fields. */
export interface CallMeta {
  readonly requestId: string;
  /** The client's address, for throttling and the log. */
  readonly clientAddress: string;
}

export interface EndedSession {
  /** Empty when the token was unknown. */
  readonly sessionId: string;
  readonly userId: string;
}

export interface EndedSessionsPage {
  readonly sessionIds: readonly string[];
  /** Empty on the last page. */
  readonly next: string;
  /** By the time of the auth service's database, by which access tokens run out too. */
  readonly asOfMs: number;
}

/** The auth service as the BFF needs it. @throws AppError; `unavailable` with a retry time when it is away */
export interface AuthClient {
  /** @param key names the request, which then can be repeated; empty for none */
  register(name: string, password: string, key: string, meta: CallMeta): Promise<{ readonly userId: string }>;
  login(name: string, password: string, meta: CallMeta): Promise<TokenPair>;
  /** A refused token whose second use ended a session has that session's id as the error's fact `endedSession`. */
  refresh(refreshToken: string, meta: CallMeta): Promise<TokenPair>;
  logout(refreshToken: string, meta: CallMeta): Promise<EndedSession>;
  /** Ends every session of the user. @returns those whose access tokens may still be about */
  logoutEverywhere(userId: string, meta: CallMeta): Promise<readonly string[]>;
  /** Whether a session can go on. Answers or throws within about a second, half of which it may wait for its turn. */
  isSessionOpen(sessionId: string, requestId: string): Promise<boolean>;
  /**
   * A page of the sessions that ended, some of them named again.
   * @param sinceMs `asOfMs` of an answer before; 0 for as far back as access tokens live
   * @param cursor `next` of the page before; empty for the first
   */
  endedSessions(sinceMs: number, cursor: string, requestId: string): Promise<EndedSessionsPage>;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

export interface AuthClientOptions {
  readonly clock: Clock;
  /** `host:port` */
  readonly target: string;
  /** Absent: not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** Every call ends within this time; a password is hashed in about 50 ms, more under load. Default that of `renewalTimes`. */
  readonly deadlineMs?: number;
  /** After so many failures in a row no call of the same class is tried for `restMs`; of passwords, when half of those in 10 s fail. Default 5. */
  readonly breakAfterFailures?: number;
  /** Default 2 000. */
  readonly restMs?: number;
  /** For the question whether a session is open, which an upgrade waits for. Default 500. */
  readonly sessionDeadlineMs?: number;
  readonly observe?: ObserveCall;
  readonly observeCircuit?: ObserveCircuit;
}

const checkDeadlineMs = 800;

/** Passwords are hashed a few at a time; more on their way would only wait there. */
const maxPasswords = 64;
/** Quick ones; with the passwords and the gate's questions well below the 1 000 calls that one connection takes. */
const maxRenewals = 256;
const maxRenewalsWaiting = 5_000;
/** As many as the gate asks, and who else does. */
const maxQuestions = 128;

/** Some slow passwords in a row are a busy moment, half of them an outage. */
const passwordSample = { threshold: 0.5, duration: 10_000, minimumRps: 0.5 };

export const createAuthClient = (options: AuthClientOptions): AuthClient => {
  const {
    clock,
    target,
    deadlineMs = renewalTimes.callMs,
    breakAfterFailures = 5,
    restMs = 2_000,
    sessionDeadlineMs = 500,
    observe,
  } = options;
  const client = createGrpcClient(AuthServiceClient, target, options.tls);
  const classOf = (circuit: string, breaker: IBreaker, maxAtOnce: number, maxWaiting: number, maxWaitMs: number) =>
    createCallClass({ clock, circuit, breaker, restMs, maxAtOnce, maxWaiting, maxWaitMs, observeCircuit: options.observeCircuit });
  const inRow = () => new ConsecutiveBreaker(breakAfterFailures);
  const ofPasswords = classOf('auth-passwords', new SamplingBreaker(passwordSample), maxPasswords, 0, 0);
  const ofRenewals = classOf('auth', inRow(), maxRenewals, maxRenewalsWaiting, renewalTimes.waitMs);
  // Its short deadline says nothing about calls that may take longer.
  const ofQuestions = classOf('auth-sessions', inRow(), maxQuestions, maxRenewalsWaiting, sessionDeadlineMs);
  const again = retry(
    handleWhen((err) => err instanceof AppError && err.code === 'unavailable'),
    {
      maxAttempts: 1,
      backoff: new ConstantBackoff(100),
    },
  );

  const tokensOf = (tokens: TokenPair | undefined): TokenPair => {
    if (!tokens) throw new AppError('internal', 'Something went wrong on our side.', { cause: new Error('the answer carries no tokens') });
    return tokens;
  };

  return {
    register: (name, password, idempotencyKey, { requestId, clientAddress }) =>
      ofPasswords(() =>
        callUnary(client, client.register, { name, password, clientAddress, idempotencyKey }, { deadlineMs, requestId, observe }),
      ),
    login: (name, password, { requestId, clientAddress }) =>
      ofPasswords(async () =>
        tokensOf((await callUnary(client, client.login, { name, password, clientAddress }, { deadlineMs, requestId, observe })).tokens),
      ),
    refresh: (refreshToken, { requestId, clientAddress }) =>
      ofRenewals(async () => {
        const answer = await callUnary(client, client.refreshToken, { refreshToken, clientAddress }, { deadlineMs, requestId, observe });
        return tokensOf(answer.tokens);
      }),
    // The two calls that change nothing when they are repeated; a refresh rotates and a login counts.
    logout: (refreshToken, { requestId }) =>
      ofRenewals(() => again.execute(() => callUnary(client, client.logout, { refreshToken }, { deadlineMs, requestId, observe }))),
    logoutEverywhere: (userId, { requestId }) =>
      ofRenewals(async () => {
        const call = () => callUnary(client, client.logoutEverywhere, { userId }, { deadlineMs, requestId, observe });
        return (await again.execute(call)).sessionIds;
      }),
    isSessionOpen: (sessionId, requestId) =>
      ofQuestions(async () => {
        const options = { deadlineMs: sessionDeadlineMs, requestId, observe };
        return (await callUnary(client, client.getSession, { sessionId }, options)).open;
      }),
    // Past the breakers: it is asked at a pace of its own, and an auth service of before does not know the question.
    endedSessions: (sinceMs, cursor, requestId) =>
      callUnary(client, client.listEndedSessions, { sinceMs, cursor }, { deadlineMs, requestId, observe }),
    check: async () => ((await isServing(client, '', { deadlineMs: checkDeadlineMs })) ? undefined : 'says that it does not serve'),
    close: () => client.close(),
  };
};
