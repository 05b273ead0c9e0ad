import {
  AuthServiceClient,
  EventServiceClient,
  type GetDeletionResponse,
  type LoginResponse,
  type PasskeyOptions,
  type RecoverResponse,
  type RelyingParty,
  type SecondFactorNeeded,
  type TokenPair,
} from '@tickfolio/gen/auth/v1';
import { AppError } from '@tickfolio/lib/errors';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import type { ListEvents } from '@tickfolio/lib/outbox';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { renewalTimes } from '@tickfolio/lib/renewal';
import { type AskAccount, createAccountClient } from './account-client.js';

export type { TokenPair } from '@tickfolio/gen/auth/v1';

/** What a call carries besides its own fields. */
export interface CallMeta {
  readonly requestId: string;
  /** The client's address, for throttling and the log. */
  readonly clientAddress: string;
  /** What asks, as it says itself; empty where it does not. */
  readonly userAgent: string;
}

/** What is asked for when an account is made. */
export interface Registration {
  readonly name: string;
  readonly password: string;
  /** Names the request, which then can be repeated; empty for none. */
  readonly key: string;
  readonly withRecoveryCodes: boolean;
}

export interface Registered {
  readonly userId: string;
  readonly recoveryCodes: readonly string[];
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
  /** Another one after that database was restored from a backup; 0 where it does not say. */
  readonly epoch: number;
}

/** The auth service as the BFF needs it. @throws AppError; `unavailable` with a retry time when it is away */
export interface AuthClient {
  register(registration: Registration, meta: CallMeta): Promise<Registered>;
  login(name: string, password: string, meta: CallMeta): Promise<TokenPair | SecondFactorNeeded>;
  secondFactor(ticket: string, kind: string, code: string, meta: CallMeta): Promise<TokenPair>;
  recover(name: string, code: string, password: string, meta: CallMeta): Promise<RecoverResponse>;
  beginPasskeyLogin(relyingParty: RelyingParty, meta: CallMeta): Promise<PasskeyOptions>;
  /** @param responseJson what the browser brought back */
  loginWithPasskey(
    ticket: string,
    responseJson: string,
    relyingParty: RelyingParty,
    meta: CallMeta,
  ): Promise<TokenPair>;
  readonly account: AskAccount;
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
  /** What became of a deleted account. @param linkToken as the deletion gave it. @throws AppError not_found */
  deletion(linkToken: string, meta: CallMeta): Promise<GetDeletionResponse>;
  /** What happened to accounts, for who is new or missed some. */
  readonly listEvents: ListEvents;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

export interface AuthClientOptions extends Neighbour {
  /**
   * Every call ends within this time; a password is hashed in about 50 ms, more under load. Default that of
   * `renewalTimes`.
   */
  readonly deadlineMs?: number;
  /**
   * After so many failures in a row no call of the same class is tried for `restMs`; of passwords, when half of those
   * in 10 s fail. Default 5.
   */
  readonly breakAfterFailures?: number;
  /** Default 2 000. */
  readonly restMs?: number;
  /** For the question whether a session is open, which an upgrade waits for. Default 500. */
  readonly sessionDeadlineMs?: number;
}

/**
 * Passwords are hashed a few at a time; more on their way would only wait there. Some slow ones in a row are a busy
 * moment, half of them an outage.
 */
const passwordBounds = {
  circuit: 'auth-passwords',
  opens: { failedShare: 0.5, withinMs: 10_000, minPerSecond: 0.5 },
  maxAtOnce: 64,
  maxWaiting: 0,
  maxWaitMs: 0,
};
/** Quick ones; with the passwords and the gate's questions well below the 1 000 calls that one connection takes. */
const renewalBounds = { circuit: 'auth', maxAtOnce: 256, maxWaiting: 5_000, maxWaitMs: renewalTimes.waitMs };
/** As many as the gate asks, and who else does. Its short deadline says nothing about calls that may take longer. */
const questionBounds = { circuit: 'auth-sessions', maxAtOnce: 128, maxWaiting: 5_000 };

const away = 'Accounts cannot be reached at the moment; please try again in a few seconds.';

export const createAuthClient = (options: AuthClientOptions): AuthClient => {
  const {
    deadlineMs = renewalTimes.callMs,
    breakAfterFailures = 5,
    restMs = 2_000,
    sessionDeadlineMs = 500,
    ...neighbour
  } = options;
  const opens = { failuresInRow: breakAfterFailures };
  const { client, call, check, close } = createServiceClient(AuthServiceClient, {
    ...neighbour,
    away,
    restMs,
    classes: {
      passwords: { deadlineMs, bounds: passwordBounds },
      renewals: { deadlineMs, bounds: { ...renewalBounds, opens } },
      questions: { deadlineMs: sessionDeadlineMs, bounds: { ...questionBounds, opens, maxWaitMs: sessionDeadlineMs } },
      // Past the breakers: it is asked at a pace of its own, and an auth service of before does not know the question.
      ends: { deadlineMs },
    },
  });
  const events = connectOwner(EventServiceClient, neighbour);
  const account = createAccountClient({ ...neighbour, deadlineMs, breakAfterFailures, restMs, away });
  const tokensOf = ({ tokens }: Pick<LoginResponse, 'tokens'>): TokenPair => {
    if (!tokens)
      throw new AppError('internal', 'Something went wrong on our side.', {
        cause: new Error('the answer carries no tokens'),
      });
    return tokens;
  };
  // Only those are repeated that change nothing the second time; a refresh rotates and a login counts.
  const repeated = (requestId: string) => ({ requestId, repeatable: true });

  return {
    register: ({ key: idempotencyKey, ...registration }, { requestId, ...from }) =>
      call('passwords', client.register, { ...registration, ...from, idempotencyKey }, { requestId }),
    login: async (name, password, { requestId, ...from }) => {
      const answer = await call('passwords', client.login, { name, password, ...from }, { requestId });
      return answer.secondFactor ?? tokensOf(answer);
    },
    secondFactor: async (ticket, kind, code, { requestId, ...from }) =>
      tokensOf(await call('renewals', client.secondFactor, { ticket, kind, code, ...from }, { requestId })),
    recover: (name, code, password, { requestId, ...from }) =>
      call('passwords', client.recover, { name, code, password, ...from }, { requestId }),
    beginPasskeyLogin: (relyingParty, { requestId }) =>
      call('renewals', client.beginPasskeyLogin, { relyingParty }, { requestId }),
    loginWithPasskey: async (ticket, responseJson, relyingParty, { requestId, ...from }) => {
      const request = { ticket, responseJson, relyingParty, ...from };
      return tokensOf(await call('renewals', client.loginWithPasskey, request, { requestId }));
    },
    account: account.ask,
    refresh: async (refreshToken, { requestId, ...from }) =>
      tokensOf(await call('renewals', client.refreshToken, { refreshToken, ...from }, { requestId })),
    logout: (refreshToken, { requestId, ...from }) =>
      call('renewals', client.logout, { refreshToken, ...from }, repeated(requestId)),
    logoutEverywhere: async (userId, { requestId, ...from }) =>
      (await call('renewals', client.logoutEverywhere, { userId, ...from }, repeated(requestId))).sessionIds,
    isSessionOpen: async (sessionId, requestId) =>
      (await call('questions', client.getSession, { sessionId }, { requestId })).open,
    endedSessions: (sinceMs, cursor, requestId) =>
      call('ends', client.listEndedSessions, { sinceMs, cursor }, { requestId }),
    deletion: (linkToken, { requestId }) => call('renewals', client.getDeletion, { linkToken }, repeated(requestId)),
    listEvents: events.list,
    check,
    close: () => {
      events.close();
      account.close();
      close();
    },
  };
};
