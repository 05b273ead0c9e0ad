import { AppError, type ErrorCode, httpStatusOf } from '@tickfolio/lib/errors';

const atMs = Date.UTC(2026, 10, 29, 10);
export const begunPasskey = { ticket: 'a.b', optionsJson: '{"challenge":"x","rpId":"localhost"}' };
/** The auth service is done, and the gateway is not. */
export const foundDeletion = {
  deletedAtMs: atMs,
  untilMs: atMs + 30 * 86_400_000,
  erasures: [
    { service: 'auth', doneAtMs: atMs },
    { service: 'bff', doneAtMs: 0 },
  ],
};
const passkey = { id: 'p-1', name: 'Laptop', createdAtMs: atMs, lastUsedAtMs: 0, backedUp: true, relyingPartyId: 'x' };
const session = { device: 'curl', network: '203.0.113.0/24', createdAtMs: atMs, lastUsedAtMs: atMs, expiresAtMs: atMs };

/** What the auth service of the tests answers of an account. @param sessionId of who asks */
export const accountAnswers = (sessionId: string): Readonly<Record<string, object>> => ({
  getAccount: {
    ...{ userId: 'u-1', name: 'ada', role: '', createdAtMs: atMs, passwordChangedAtMs: 0, recoveryCodesLeft: 9 },
    ...{ totp: true, passkeys: 1, freshUntilMs: atMs },
  },
  changePassword: { sessionIds: ['s-gone'] },
  deleteAccount: { linkToken: '3f1c9a52', sessionIds: ['s-deleted'] },
  beginReauthentication: begunPasskey,
  reauthenticate: { freshUntilMs: atMs },
  listSessions: {
    sessions: [
      { id: sessionId, ...session },
      { id: 's-2', ...session },
    ],
  },
  endSession: {},
  renewRecoveryCodes: { recoveryCodes: ['7k3m-q9xd-2hpw-v4ta'] },
  beginTotp: { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/x' },
  confirmTotp: {},
  removeTotp: {},
  beginPasskey: begunPasskey,
  addPasskey: { passkey },
  listPasskeys: { passkeys: [passkey] },
  removePasskey: {},
  listLog: {
    entries: [{ seq: 7, atMs, action: 'sign-in', outcome: 'ok', detailJson: '{"device":"curl","count":2}' }],
    next: '7',
  },
  checkLog: { checked: 7, firstBad: 0, lastSeq: 7, headSeq: 7, headHash: 'ab' },
});

const refusing = /^refuse (\w+)$/;

/** The User-Agent at which the auth service of the tests refuses. */
export const refuses = (code: ErrorCode): string => `refuse ${code}`;

/** @throws AppError where the User-Agent says so */
export const refuseAsTold = (userAgent: string): void => {
  const code = refusing.exec(userAgent)?.[1] ?? '';
  if (code in httpStatusOf) throw new AppError(code as ErrorCode, 'Refused.');
};
