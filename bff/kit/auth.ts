import { randomUUID } from 'node:crypto';
import { signAccessToken } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError, differentRequest } from '@tickfolio/lib/errors';
import type { AskAccount, Asker } from '../accounts/account-client.js';
import type { AuthClient, CallMeta, TokenPair } from '../accounts/auth-client.js';
import { accountAnswers, begunPasskey, foundDeletion, refuseAsTold } from './account.js';

export const jwtSecret = 'a secret of the tests only, and long enough';

/** A refresh token whose call was held up until the one after it was used. */
export const lateToken = 'late';

/** An auth service in memory: names are taken once, passwords are compared, refresh tokens work once. */
export const createFakeAuth = (clock: Clock, answers: Partial<AuthClient> = {}) => {
  const accounts = new Map<string, { userId: string; name: string; password: string; key: string }>();
  const sessions = new Map<string, { sessionId: string; userId: string; name: string }>();
  /** Refresh tokens that were exchanged. */
  const used = new Map<string, { readonly sessionId: string; readonly userId: string; readonly name: string }>();
  /**
   * For each refresh token the one that it was given for; an exchange of it tells that the answer with it was heard.
   */
  const parents = new Map<string, string>();
  const heard = new Set<string>();
  const ended = new Set<string>();
  /** Every session that was opened, by its user. */
  const opened = new Map<string, Set<string>>();
  const calls: { readonly method: string; readonly meta: CallMeta }[] = [];
  const state = { down: false, epoch: 1 };
  const called = (method: string, meta: CallMeta) => {
    calls.push({ method, meta });
    if (state.down)
      throw new AppError('unavailable', 'Accounts cannot be reached at the moment.', { retryAfterMs: 2_000 });
    refuseAsTold(meta.userAgent);
  };
  const open = (userId: string, name: string, sessionId: string): TokenPair => {
    const { token, expiresAtMs } = signAccessToken(
      { secret: jwtSecret, clock },
      { userId, userName: name, sessionId },
      900_000,
    );
    const refreshToken = randomUUID();
    opened.set(userId, (opened.get(userId) ?? new Set()).add(sessionId));
    sessions.set(refreshToken, { sessionId, userId, name });
    return {
      accessToken: token,
      accessExpiresAtMs: expiresAtMs,
      refreshToken,
      refreshExpiresAtMs: clock.now() + 604_800_000,
      renewableForMs: 2_592_000_000,
      userId,
      userName: name,
      sessionId,
      endedSessionIds: [],
    };
  };
  const client: AuthClient = {
    register: async ({ name, password, key, withRecoveryCodes }, meta) => {
      called('register', meta);
      const made = key === '' ? undefined : [...accounts.values()].find((account) => account.key === key);
      if (made && (made.name !== name || made.password !== password)) throw differentRequest();
      const recoveryCodes = withRecoveryCodes ? ['7k3m-q9xd-2hpw-v4ta'] : [];
      if (made) return { userId: made.userId, recoveryCodes };
      if (accounts.has(name.toLowerCase())) throw new AppError('already_exists', 'The name is taken.');
      const userId = randomUUID();
      accounts.set(name.toLowerCase(), { userId, name, password, key });
      return { userId, recoveryCodes };
    },
    login: async (name, password, meta) => {
      called('login', meta);
      const account = accounts.get(name.toLowerCase());
      if (account?.password !== password) throw new AppError('unauthenticated', 'The name or the password is wrong.');
      return open(account.userId, account.name, randomUUID());
    },
    refresh: async (refreshToken, meta) => {
      called('refresh', meta);
      if (refreshToken === lateToken)
        throw new AppError('failed_precondition', 'The session was renewed by a later call.');
      const before = used.get(refreshToken);
      // As of the real one, an answer may be lost: until somebody comes with what it brought, it is given again.
      const session = sessions.get(refreshToken) ?? (heard.has(refreshToken) ? undefined : before);
      sessions.delete(refreshToken);
      if (before && !session) ended.add(before.sessionId);
      if (!session || ended.has(session.sessionId))
        throw new AppError(
          'unauthenticated',
          'The refresh token is not valid.',
          before ? { facts: { endedSession: before.sessionId } } : {},
        );
      used.set(refreshToken, session);
      heard.add(parents.get(refreshToken) ?? '');
      const issued = open(session.userId, session.name, session.sessionId);
      parents.set(issued.refreshToken, refreshToken);
      return issued;
    },
    logout: async (refreshToken, meta) => {
      called('logout', meta);
      const session = sessions.get(refreshToken);
      sessions.delete(refreshToken);
      if (session) ended.add(session.sessionId);
      return { sessionId: session?.sessionId ?? '', userId: session?.userId ?? '' };
    },
    logoutEverywhere: async (userId, meta) => {
      called('logoutEverywhere', meta);
      const all = [...(opened.get(userId) ?? [])];
      for (const sessionId of all) ended.add(sessionId);
      return all;
    },
    // Tokens that a test signed by itself belong to sessions it did not end.
    isSessionOpen: async (sessionId, requestId) => {
      called('isSessionOpen', { requestId, clientAddress: '', userAgent: '' });
      return !ended.has(sessionId);
    },
    endedSessions: async () => {
      if (state.down) throw new AppError('unavailable', 'Accounts cannot be reached at the moment.');
      return { sessionIds: [...ended], next: '', asOfMs: clock.now(), epoch: state.epoch };
    },
    listEvents: async () => ({ events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } }),
    deletion: async (_linkToken, meta) => {
      called('deletion', meta);
      return foundDeletion;
    },
    secondFactor: async (_ticket, _kind, _code, meta) => {
      called('secondFactor', meta);
      return open(randomUUID(), 'ada', randomUUID());
    },
    recover: async (_name, _code, _password, meta) => {
      called('recover', meta);
      return { sessionIds: [], recoveryCodesLeft: 9 };
    },
    beginPasskeyLogin: async (_party, meta) => {
      called('beginPasskeyLogin', meta);
      return begunPasskey;
    },
    loginWithPasskey: async (_ticket, _response, _party, meta) => {
      called('loginWithPasskey', meta);
      return open(randomUUID(), 'ada', randomUUID());
    },
    account: (async (call: string, asker: Asker) => {
      called(call, asker);
      return accountAnswers(asker.sessionId)[call];
    }) as AskAccount,
    ...answers,
    check: async () => (state.down ? 'is down' : undefined),
    close: () => undefined,
  };
  return { client, calls, state };
};
