import { randomUUID } from 'node:crypto';
import { type AccessToken, createAccessTokenVerifier } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { VerifyAccessToken } from '../api/sign-in.js';
import type { Notices } from '../replicas/notices.js';
import type { AuthClient } from './auth-client.js';
import { createSessionGate, type SessionGate } from './session-gate.js';
import { createTokenClock, type TokenClock, tellingTime } from './token-clock.js';

export interface SessionsDeps {
  readonly auth: AuthClient;
  readonly notices: Pick<Notices, 'sessionEnded'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Who is signed in, and whose session has ended. */
export interface Sessions {
  /** Its answers tell the token clock what time it is there. */
  readonly auth: AuthClient;
  readonly tokenClock: TokenClock;
  readonly gate: SessionGate;
  /** Refuses also the tokens of sessions known to have ended. */
  readonly verify: VerifyAccessToken;
  /** For a token sent over an open socket, which closes a moment later if the session proves to be over. */
  readonly verifyAndAsk: VerifyAccessToken;
}

/** @param secret what access tokens are signed with */
export const createSessions = (
  { auth: client, notices, clock, log, metrics }: SessionsDeps,
  secret: string,
): Sessions => {
  const tokenClock = createTokenClock({ clock, log, metrics });
  const auth = tellingTime(client, tokenClock, clock);
  const gate = createSessionGate({ auth, foundEnded: notices.sessionEnded, clock, log, metrics });
  const verifyToken = createAccessTokenVerifier({ secret, clock: tokenClock });
  const verify = (text: string): AccessToken => {
    const token = verifyToken(text);
    gate.refuseEnded(token.sessionId);
    gate.refuseEnded(token.userId);
    return token;
  };
  const verifyAndAsk = (text: string): AccessToken => {
    const token = verify(text);
    gate.ask(token.sessionId, randomUUID()).catch(() => undefined); // Found to be over it was told to the sockets.
    return token;
  };
  return { auth, tokenClock, gate, verify, verifyAndAsk };
};
