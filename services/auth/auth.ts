import { AppError } from '@tickfolio/lib/errors';
import { renewalTimes } from '@tickfolio/lib/renewal';
import type { Throttle } from '@tickfolio/lib/throttle';
import { addressKey } from '@tickfolio/lib/throttle/client-address';
import type { Accounts } from './accounts/accounts.js';
import { type Caller, originOf } from './accounts/caller.js';
import {
  type Credentials,
  countedName,
  isPossibleName,
  isPossiblePassword,
  normalPassword,
} from './accounts/credentials.js';
import type { PasswordHasher } from './accounts/password-hasher.js';
import type { Recover } from './accounts/recovery.js';
import type { Register } from './accounts/registration.js';
import type { FindDeletion } from './deletion/deletion-progress.js';
import type { PasskeyProof } from './factors/passkey-proof.js';
import type { SecondFactor, SecondFactorNeeded } from './factors/second-factor.js';
import type { PasskeyAnswer } from './factors/webauthn.js';
import type { Refusals } from './log/refusals.js';
import type { AuthMetrics } from './metrics.js';
import type { ListEndedSessions } from './sessions/ended-sessions.js';
import { isPossibleRefreshToken } from './sessions/refresh-token.js';
import type { SessionRef, Sessions } from './sessions/sessions.js';
import { createTokensOf, type Tokens, type TokensOptions } from './tokens.js';

/** Accounts and sessions, as the rules want them. */
export interface Auth {
  readonly register: Register;
  /**
   * @returns what the login has to go on with, where the account has a second factor
   * @throws AppError unauthenticated for an unknown name and a wrong password alike, resource_exhausted
   */
  login(credentials: Credentials, caller: Caller): Promise<Tokens | SecondFactorNeeded>;
  /** @throws AppError as `SecondFactor.give` */
  secondFactor(ticket: string, kind: string, code: string, caller: Caller): Promise<Tokens>;
  readonly recover: Recover;
  readonly beginPasskeyLogin: PasskeyProof['beginLogin'];
  /** @throws AppError as `PasskeyProof.login`; resource_exhausted */
  loginWithPasskey(answer: PasskeyAnswer, caller: Caller): Promise<Tokens>;
  /**
   * @throws AppError unauthenticated; where that use ended a session, its fact `endedSession` is the session's id;
   * failed_precondition and resource_exhausted where a later try may succeed
   */
  refresh(refreshToken: string, caller: Caller): Promise<Tokens>;
  /** Ends the session; an unknown token is no error. */
  logout(refreshToken: string, caller: Caller): Promise<SessionRef | undefined>;
  /** Ends all sessions of the user. @returns the sessions whose access tokens may still be about */
  logoutEverywhere(userId: string, caller: Caller): Promise<readonly string[]>;
  /** The user of an open session. */
  sessionUser(sessionId: string): Promise<string | undefined>;
  readonly listEndedSessions: ListEndedSessions;
  readonly findDeletion: FindDeletion;
}

export interface AuthDeps extends TokensOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly register: Register;
  readonly recover: Recover;
  readonly secondFactor: SecondFactor;
  readonly passkeyProof: PasskeyProof;
  readonly listEndedSessions: ListEndedSessions;
  readonly findDeletion: FindDeletion;
  readonly refusals: Pick<Refusals, 'note'>;
  readonly hasher: PasswordHasher;
  readonly throttles: { readonly name: Throttle; readonly address: Throttle };
  readonly metrics: AuthMetrics;
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
  const { accounts, sessions, secondFactor, passkeyProof, refusals, hasher, throttles, metrics } = deps;
  const tokensOf = createTokensOf(deps);
  /** Whether or not the account exists, one password is hashed; a second one where two accounts answer to the name. */
  const check = async ({ name, password }: Credentials, caller: Caller) => {
    const found = isPossibleName(name) ? await accounts.find(name) : [];
    const possible = isPossiblePassword(password);
    const text = possible ? normalPassword(password) : '';
    for (const account of possible && found.length > 0 ? found : [undefined])
      if (await metrics.hashing(() => hasher.verify(account?.passwordHash, text, caller.signal))) return account;
    for (const { id } of found) refusals.note(id, 'sign-in-refused', originOf(caller));
    return undefined;
  };
  const counting = (work: () => void) => {
    try {
      work();
    } catch (err) {
      metrics.logins.inc({ outcome: 'throttled' });
      throw err;
    }
  };
  /** What opens a session by something else than a password alone; tries of an address count until one succeeds. */
  const opening = async (caller: Caller, open: () => ReturnType<SecondFactor['give']>): Promise<Tokens> => {
    const address = addressKey(caller.address);
    counting(() => throttles.address.take(address));
    try {
      const opened = await open();
      throttles.address.giveBack(address);
      metrics.logins.inc({ outcome: 'ok' });
      caller.log.info({ userId: opened.userId, sessionId: opened.issued.sessionId }, 'session opened');
      return tokensOf(opened);
    } catch (err) {
      if (err instanceof AppError && err.code === 'unauthenticated') metrics.logins.inc({ outcome: 'refused' });
      throw err;
    }
  };
  return {
    register: deps.register,
    login: async (credentials, caller) => {
      const address = addressKey(caller.address);
      const name = countedName(credentials.name);
      counting(() => {
        throttles.address.take(address);
        throttles.name.take(name);
      });
      const account = await check(credentials, caller);
      if (!account) {
        metrics.logins.inc({ outcome: 'refused' });
        throw refusedLogin();
      }
      throttles.name.reset(name);
      throttles.address.giveBack(address);
      const opened = await secondFactor.begin(account, originOf(caller));
      if ('ticket' in opened) {
        metrics.logins.inc({ outcome: 'second_factor' });
        return opened;
      }
      metrics.logins.inc({ outcome: 'ok' });
      caller.log.info({ userId: account.id, sessionId: opened.issued.sessionId }, 'session opened');
      return tokensOf(opened);
    },
    secondFactor: (ticket, kind, code, caller) =>
      opening(caller, () => secondFactor.give(ticket, kind, code, originOf(caller))),
    recover: deps.recover,
    beginPasskeyLogin: passkeyProof.beginLogin,
    loginWithPasskey: (answer, caller) => opening(caller, () => passkeyProof.login(answer, originOf(caller))),
    refresh: async (refreshToken, caller) => {
      const rotation = isPossibleRefreshToken(refreshToken)
        ? await sessions.rotate(refreshToken, originOf(caller), caller.signal)
        : ({ kind: 'refused' } as const);
      metrics.refreshes.inc({ outcome: rotation.kind });
      if ('issued' in rotation) return tokensOf(rotation);
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
    logout: async (refreshToken, caller) =>
      isPossibleRefreshToken(refreshToken) ? sessions.end(refreshToken, originOf(caller)) : undefined,
    logoutEverywhere: async (userId, caller) => {
      const sessionIds = await sessions.endAll(userId, originOf(caller));
      caller.log.info({ userId, sessions: sessionIds.length }, 'signed out everywhere');
      return sessionIds;
    },
    sessionUser: (sessionId) => sessions.userOf(sessionId),
    listEndedSessions: deps.listEndedSessions,
    findDeletion: deps.findDeletion,
  };
};
