import { signAccessToken } from '@tickfolio/lib/access-token';
import { AppError } from '@tickfolio/lib/errors';
import { renewalTimes } from '@tickfolio/lib/renewal';
import type { Throttle } from '@tickfolio/lib/throttle';
import type { Accounts } from './accounts/accounts.js';
import type { Caller } from './accounts/caller.js';
import { addressKey } from './accounts/client-address.js';
import {
  type Credentials,
  isPossibleName,
  isPossiblePassword,
  nameKey,
  normalPassword,
} from './accounts/credentials.js';
import type { PasswordHasher } from './accounts/password-hasher.js';
import { createRegistration, type Register } from './accounts/registration.js';
import type { AuthMetrics } from './metrics.js';
import type { ListEndedSessions } from './sessions/ended-sessions.js';
import { isPossibleRefreshToken } from './sessions/refresh-token.js';
import type { IssuedToken, SessionRef, Sessions } from './sessions/sessions.js';

export interface Tokens {
  readonly accessToken: string;
  readonly accessExpiresAtMs: number;
  readonly refreshToken: string;
  readonly refreshExpiresAtMs: number;
  /** For how long from now the refresh token, or what follows it, may be good. */
  readonly renewableForMs: number;
  readonly userId: string;
  readonly userName: string;
  readonly sessionId: string;
}

/** Accounts and sessions, as the rules want them. */
export interface Auth {
  readonly register: Register;
  /** @throws AppError unauthenticated for an unknown name and a wrong password alike, resource_exhausted */
  login(credentials: Credentials, caller: Caller): Promise<Tokens>;
  /**
   * @throws AppError unauthenticated; where that use ended a session, its fact `endedSession` is the session's id;
   * failed_precondition and resource_exhausted where a later try may succeed
   */
  refresh(refreshToken: string, caller: Caller): Promise<Tokens>;
  /** Ends the session; an unknown token is no error. */
  logout(refreshToken: string): Promise<SessionRef | undefined>;
  /** Ends all sessions of the user. @returns the sessions whose access tokens may still be about */
  logoutEverywhere(userId: string, caller: Pick<Caller, 'log'>): Promise<readonly string[]>;
  /** The user of an open session. */
  sessionUser(sessionId: string): Promise<string | undefined>;
  readonly listEndedSessions: ListEndedSessions;
}

export interface AuthDeps {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly listEndedSessions: ListEndedSessions;
  readonly hasher: PasswordHasher;
  readonly throttles: { readonly name: Throttle; readonly address: Throttle; readonly registration: Throttle };
  readonly metrics: AuthMetrics;
  readonly jwtSecret: string;
  readonly accessTtlMs: number;
}

const refusedLogin = () => new AppError('unauthenticated', 'The name or the password is wrong.');
const refusedRefresh = (endedSession?: string) =>
  new AppError(
    'unauthenticated',
    'The session has ended; please sign in again.',
    endedSession ? { facts: { endedSession } } : {},
  );
/** Nothing is wrong with the session, so this is never `unauthenticated`, at which a page signs out. */
const notNow = (kind: 'late' | 'busy') =>
  kind === 'late'
    ? new AppError('failed_precondition', 'The session was renewed by a later call; please try again.', {
        retryAfterMs: renewalTimes.retryMs,
      })
    : new AppError('resource_exhausted', 'The session is renewed too often; please wait a moment.', {
        retryAfterMs: renewalTimes.answerMs,
      });

export const createAuth = (deps: AuthDeps): Auth => {
  const { accounts, sessions, listEndedSessions, hasher, throttles, metrics, jwtSecret, accessTtlMs } = deps;
  const tokensOf = (userId: string, userName: string, issued: IssuedToken): Tokens => {
    const { sessionId, issuedAtMs } = issued;
    // By the same time as all else of the session.
    const access = signAccessToken(
      { secret: jwtSecret, clock: { now: () => issuedAtMs } },
      { userId, userName, sessionId },
      accessTtlMs,
    );
    return {
      accessToken: access.token,
      accessExpiresAtMs: access.expiresAtMs,
      refreshToken: issued.token,
      refreshExpiresAtMs: issued.expiresAtMs,
      renewableForMs: issued.sessionEndsAtMs - issuedAtMs,
      userId,
      userName,
      sessionId,
    };
  };
  /** Whether or not the account exists, one password is hashed; a second one where two accounts answer to the name. */
  const check = async ({ name, password }: Credentials, caller: Caller) => {
    const found = isPossibleName(name) ? await accounts.find(name) : [];
    const possible = isPossiblePassword(password);
    const text = possible ? normalPassword(password) : '';
    for (const account of possible && found.length > 0 ? found : [undefined])
      if (await metrics.hashing(() => hasher.verify(account?.passwordHash, text, caller.signal))) return account;
    return undefined;
  };
  return {
    register: createRegistration(deps),
    login: async (credentials, caller) => {
      const address = addressKey(caller.address);
      const name = nameKey(credentials.name.slice(0, 65)); // Longer ones are no names; they count together by their beginning.
      try {
        throttles.address.take(address);
        throttles.name.take(name);
      } catch (err) {
        metrics.logins.inc({ outcome: 'throttled' });
        throw err;
      }
      const account = await check(credentials, caller);
      if (!account) {
        metrics.logins.inc({ outcome: 'refused' });
        throw refusedLogin();
      }
      throttles.name.reset(name);
      throttles.address.giveBack(address);
      const issued = await sessions.open(account.id);
      metrics.logins.inc({ outcome: 'ok' });
      caller.log.info({ userId: account.id, sessionId: issued.sessionId }, 'session opened');
      return tokensOf(account.id, account.name, issued);
    },
    refresh: async (refreshToken, caller) => {
      const rotation = isPossibleRefreshToken(refreshToken)
        ? await sessions.rotate(refreshToken, caller.signal)
        : ({ kind: 'refused' } as const);
      metrics.refreshes.inc({ outcome: rotation.kind });
      if ('issued' in rotation) return tokensOf(rotation.userId, rotation.userName, rotation.issued);
      if (rotation.kind === 'reused') {
        const { sessionId, userId } = rotation;
        caller.log.warn(
          { sessionId, userId, address: caller.address },
          'a refresh token was used twice; its session is revoked',
        );
        throw refusedRefresh(sessionId);
      }
      throw rotation.kind === 'refused' ? refusedRefresh() : notNow(rotation.kind);
    },
    logout: async (refreshToken) => (isPossibleRefreshToken(refreshToken) ? sessions.end(refreshToken) : undefined),
    logoutEverywhere: async (userId, { log }) => {
      const sessionIds = await sessions.endAll(userId);
      log.info({ userId, sessions: sessionIds.length }, 'signed out everywhere');
      return sessionIds;
    },
    sessionUser: (sessionId) => sessions.userOf(sessionId),
    listEndedSessions,
  };
};
