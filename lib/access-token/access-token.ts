import { createSecretKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';

/** What a valid access token says. */
export interface AccessToken {
  readonly userId: string;
  readonly userName: string;
  /** The session (refresh-token family) that the token belongs to. */
  readonly sessionId: string;
  /** What the user may do besides what everybody may; absent for nearly all. */
  readonly role?: 'operator';
  /** Epoch milliseconds, a whole second. */
  readonly expiresAtMs: number;
}

export interface AccessTokenOptions {
  /**
   * Shared by the service that signs and the one that verifies; at least 32 characters (`secretFault` in lib/config).
   */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * No access token lives longer, so whoever has to remember that a session ended need not do it for ever.
 * A longer life would also make little of signing out: only sockets and some calls ask whether a session is still open.
 */
export const maxAccessTtl = { text: '24h', ms: 24 * 3_600_000 } as const;
/** How far the clocks of the service that signs and the one that verifies may differ. */
export const clockToleranceMs = 5_000;

const issuer = 'tickfolio-auth';
const audience = 'tickfolio';
const algorithm = 'HS256';

/** Given a text, jsonwebtoken first tries to read it as a PEM key, which costs 0.4 ms a call. */
const keyOf = (secret: string) => createSecretKey(Buffer.from(secret));

/** Signs a token that lives `ttlMs` from now, rounded up to a whole second. */
export const signAccessToken = (
  { secret, clock }: Pick<AccessTokenOptions, 'secret' | 'clock'>,
  { userId, userName, sessionId, role }: Omit<AccessToken, 'expiresAtMs'>,
  ttlMs: number,
): { token: string; expiresAtMs: number } => {
  const nowMs = clock.now();
  const exp = Math.ceil((nowMs + ttlMs) / 1_000);
  const claims = {
    sub: userId,
    name: userName,
    sid: sessionId,
    ...(role ? { role } : {}),
    iss: issuer,
    aud: audience,
    iat: Math.floor(nowMs / 1_000),
    exp,
  };
  return { token: jsonwebtoken.sign(claims, keyOf(secret), { algorithm }), expiresAtMs: exp * 1_000 };
};

const refusal = (fault: 'expired' | 'invalid', cause: unknown) =>
  new AppError(
    'unauthenticated',
    fault === 'expired' ? 'The access token has expired.' : 'The access token is not valid.',
    { cause },
  );

/** Longer texts are refused unread; a real token has about 350 characters. */
const maxTokenLength = 2_048;

/**
 * When the token was made, by the time of who made it: a whole second, rounded down. For a token that comes from there:
 * nothing else of it is looked at.
 */
export const issuedAtMs = (token: string): number | undefined => {
  const claims = jsonwebtoken.decode(token);
  return typeof claims === 'object' && typeof claims?.iat === 'number' ? claims.iat * 1_000 : undefined;
};

/**
 * @returns a function that reads a token. It throws AppError `unauthenticated`, in words that tell expired from
 * invalid.
 */
export const createAccessTokenVerifier = ({ secret, clock }: AccessTokenOptions): ((token: string) => AccessToken) => {
  const key = keyOf(secret);
  const settings = { issuer, audience, clockTolerance: clockToleranceMs / 1_000 };
  const read = (token: string) => {
    try {
      return jsonwebtoken.verify(token, key, {
        ...settings,
        algorithms: [algorithm],
        clockTimestamp: Math.floor(clock.now() / 1_000),
      });
    } catch (err) {
      throw refusal(err instanceof jsonwebtoken.TokenExpiredError ? 'expired' : 'invalid', err);
    }
  };
  return (token) => {
    if (token.length > maxTokenLength) throw refusal('invalid', new Error('too long'));
    const claims = read(token);
    const { sub, name, sid, role, exp } = typeof claims === 'string' ? {} : claims;
    if (typeof sub !== 'string' || typeof name !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') {
      throw refusal('invalid', new Error('a claim is missing'));
    }
    return {
      userId: sub,
      userName: name,
      sessionId: sid,
      // A role that this build does not know lets nobody do anything.
      ...(role === 'operator' ? { role } : {}),
      expiresAtMs: exp * 1_000,
    };
  };
};
