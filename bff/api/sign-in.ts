import type { AccessToken } from '@tickfolio/lib/access-token';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every protected route. */
    signedIn: AccessToken | null;
  }
}

/** @throws AppError unauthenticated */
export type VerifyAccessToken = (token: string) => AccessToken;

const missing = () => new AppError('unauthenticated', 'Send an access token: "Authorization: Bearer <accessToken>".');

const fromHeader = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** Browsers cannot set headers on a WebSocket; they offer the subprotocols `bearer` and the token. */
const fromSubprotocol = (request: FastifyRequest): string | undefined => {
  const [scheme, token] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
  return scheme === 'bearer' ? token : undefined;
};

/** A hook that lets only signed-in callers pass. @param viaSubprotocol also take the token of a browser's WebSocket */
export const requireSignIn = (verify: VerifyAccessToken, viaSubprotocol = false) => {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const token = fromHeader(request) ?? (viaSubprotocol ? fromSubprotocol(request) : undefined);
    try {
      if (!token) throw missing();
      request.signedIn = verify(token);
    } catch (err) {
      reply.header('www-authenticate', 'Bearer');
      throw err;
    }
  };
};

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A hook for all routes: of who changes something, the session is known.
 * @param ask throws AppError unauthenticated where it is over
 */
export const requireKnownSession = (ask: (sessionId: string, requestId: string) => Promise<void>) => {
  return async ({ method, signedIn: token, id }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (token === null || reads.has(method)) return;
    await ask(token.sessionId, id).catch((thrown: unknown) => {
      reply.header('www-authenticate', 'Bearer');
      throw thrown;
    });
  };
};

/** Who asks, on a route behind `requireSignIn`. */
export const signedIn = (request: FastifyRequest): AccessToken => {
  if (!request.signedIn) throw missing();
  return request.signedIn;
};
