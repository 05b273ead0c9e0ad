import type * as wire from '@tickfolio/gen/auth/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { callUnary } from '@tickfolio/lib/grpc';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { generateSync } from 'otplib';
import { createAccounts } from '../accounts/accounts.js';
import { createPasswordHasher } from '../accounts/password-hasher.js';
import type { AuthLimits, AuthOptions } from '../app.js';
import { defaultLimits } from '../limits.js';
import { cheapHashes, password, startTestAuth } from './auth.js';
import { createTestSessions } from './sessions.js';

type TestAuth = Awaited<ReturnType<typeof startTestAuth>>;

/** How a call failed: its code, and the closer word of the problem or of its first field. */
export const wordOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (err: unknown) =>
      err instanceof AppError
        ? [err.code, err.problem ?? err.fields[0]?.reason].filter(Boolean).join(' ')
        : String(err),
  );

export const testAddress = '203.0.113.7';
export const testUserAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';
const from = { clientAddress: testAddress, userAgent: testUserAgent };
export const party: wire.RelyingParty = { id: 'localhost', origins: ['http://localhost:8080'] };

/** A session, as far as tests of the account need it. */
export type OwnSession = Pick<wire.TokenPair, 'userId' | 'sessionId' | 'refreshToken'>;

let people = 0;
export const newName = (): string => `Owner-${++people}`;

/** What a signed-in user asks of the account, by one session. */
export const accountOf = (
  { account: client, options }: TestAuth,
  { userId, sessionId }: Pick<OwnSession, 'userId' | 'sessionId'>,
) => {
  const asker: wire.Asker = { userId, sessionId, ...from };
  return {
    overview: () => callUnary(client, client.getAccount, { asker }, options),
    changePassword: (oldPassword: string, newPassword: string) =>
      callUnary(client, client.changePassword, { asker, oldPassword, newPassword }, options),
    deleteAccount: (linkToken = '') => callUnary(client, client.deleteAccount, { asker, linkToken }, options),
    prove: (secret = password) =>
      callUnary(
        client,
        client.reauthenticate,
        { asker, password: secret, ticket: '', responseJson: '', relyingParty: undefined },
        options,
      ),
    beginProof: () => callUnary(client, client.beginReauthentication, { asker, relyingParty: party }, options),
    proveByPasskey: (ticket: string, responseJson: string) =>
      callUnary(
        client,
        client.reauthenticate,
        { asker, password: '', ticket, responseJson, relyingParty: party },
        options,
      ),
    sessions: async () => (await callUnary(client, client.listSessions, { asker }, options)).sessions,
    end: (id: string) => callUnary(client, client.endSession, { asker, sessionId: id }, options),
    renewCodes: async () => (await callUnary(client, client.renewRecoveryCodes, { asker }, options)).recoveryCodes,
    beginTotp: () => callUnary(client, client.beginTotp, { asker }, options),
    confirmTotp: (code: string) => callUnary(client, client.confirmTotp, { asker, code }, options),
    removeTotp: () => callUnary(client, client.removeTotp, { asker }, options),
    beginPasskey: () => callUnary(client, client.beginPasskey, { asker, relyingParty: party }, options),
    addPasskey: (ticket: string, responseJson: string, name = 'Laptop') =>
      callUnary(client, client.addPasskey, { asker, ticket, name, responseJson, relyingParty: party }, options),
    passkeys: async () => (await callUnary(client, client.listPasskeys, { asker }, options)).passkeys,
    removePasskey: (passkeyId: string) => callUnary(client, client.removePasskey, { asker, passkeyId }, options),
    log: (cursor = '', limit = 100) => callUnary(client, client.listLog, { asker, cursor, limit }, options),
    checkLog: (afterSeq = 0) => callUnary(client, client.checkLog, { asker, afterSeq }, options),
  };
};

/** The ways to sign in besides a password alone. */
export const waysInto = ({ client, options }: TestAuth) => ({
  login: (name: string, secret = password) =>
    callUnary(client, client.login, { name, password: secret, ...from }, options),
  second: async (ticket: string, code: string, kind = 'totp') =>
    (await callUnary(client, client.secondFactor, { ticket, kind, code, ...from }, options)).tokens,
  recover: (name: string, code: string, secret: string) =>
    callUnary(client, client.recover, { name, code, password: secret, ...from }, options),
  beginPasskey: () => callUnary(client, client.beginPasskeyLogin, { relyingParty: party }, options),
  passkey: async (ticket: string, responseJson: string, relyingParty = party) =>
    (await callUnary(client, client.loginWithPasskey, { ticket, responseJson, relyingParty, ...from }, options)).tokens,
  register: (name: string, idempotencyKey = '', withRecoveryCodes = true) =>
    callUnary(client, client.register, { name, password, idempotencyKey, withRecoveryCodes, ...from }, options),
});

/**
 * Services for the tests of a suite: one for each choice of limits and options, since a start costs more than a test.
 * Their clocks only go on.
 */
export const shareTestAuth = (database: () => Postgres) => {
  const started = new Map<string, TestAuth>();
  return {
    get: async (limits: Partial<AuthLimits> = {}, options: Partial<AuthOptions> = {}): Promise<TestAuth> => {
      const key = JSON.stringify([limits, options]);
      const clock = createManualClock(Date.UTC(2026, 10, 29));
      const auth =
        started.get(key) ?? (await startTestAuth(database(), { ...roomy, ...limits }, clock, timeOf(clock), options));
      started.set(key, auth);
      return auth;
    },
    close: async () => {
      for (const auth of started.values()) await auth.close();
    },
  };
};
/** All tests come from one address. */
const roomy = { loginsPerAddress: { burst: 10_000, refillMs: 1 } };

let hashed: Promise<string> | undefined;
/** Of the one password of all owners, so that hashing is waited for once. */
const passwordHash = (): Promise<string> => {
  hashed ??= createPasswordHasher({ cost: cheapHashes }).then((hasher) => hasher.hash(password));
  return hashed;
};

/** One more session of an account, without the password. */
export const openSession = async (auth: TestAuth, userId: string): Promise<OwnSession> => {
  const times = { ...defaultLimits, time: timeOf(auth.clock), clock: auth.clock };
  const { sessionId, token } = await createTestSessions(auth.db, times).open(userId);
  return { userId, sessionId, refreshToken: token };
};

/** Somebody with an account, an open session and recovery codes. */
export const createOwner = async (auth: TestAuth) => {
  const name = newName();
  const userId = await createAccounts(auth.db).create(name, await passwordHash());
  const tokens = await openSession(auth, userId);
  const own = accountOf(auth, tokens);
  return { name, tokens, userId, codes: await own.renewCodes(), ...own };
};

/** What an authenticator app shows at a moment. */
export const codeAt = (secret: string, nowMs: number): string =>
  generateSync({ secret, epoch: Math.floor(nowMs / 1_000) });
