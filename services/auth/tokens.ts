import { signAccessToken } from '@tickfolio/lib/access-token';
import type { RoleOf } from './accounts/roles.js';
import type { Opened } from './factors/second-factor.js';

/** What a client gets for a session. */
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
  /** Those that ended to make room for it. */
  readonly endedSessionIds: string[];
}

export interface TokensOptions {
  readonly jwtSecret: string;
  readonly accessTtlMs: number;
  readonly roleOf: RoleOf;
}

/** The tokens of a session that was opened or renewed. */
export const createTokensOf =
  ({ jwtSecret, accessTtlMs, roleOf }: TokensOptions) =>
  ({ userId, userName, nameKey, issued }: Opened): Tokens => {
    const { sessionId, issuedAtMs } = issued;
    const role = roleOf({ nameKey });
    // By the same time as all else of the session.
    const access = signAccessToken(
      { secret: jwtSecret, clock: { now: () => issuedAtMs } },
      { userId, userName, sessionId, ...(role ? { role } : {}) },
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
      endedSessionIds: [...(issued.endedSessionIds ?? [])],
    };
  };
