import type { FastifyRequest } from 'fastify';
import type { Asker } from '../accounts/account-client.js';
import { signedIn } from '../api/sign-in.js';

/** Who asks, on a route behind `requireSignIn`. */
export const askerOf = (request: FastifyRequest): Asker => {
  const { userId, sessionId } = signedIn(request);
  const { 'user-agent': userAgent = '' } = request.headers;
  return { userId, sessionId, clientAddress: request.ip, userAgent, requestId: request.id };
};

/** Bounds the calls of one address to one route. */
export interface CallConfig {
  readonly rateLimit: { readonly max: number; readonly timeWindow: number };
}

/** What every route of the account has in its description. */
export const described = { tags: ['account'], security: [{ bearerAuth: [] }] };

export const momentOf = (ms: number): string => new Date(ms).toISOString();
/** Null for what never was. */
export const momentOrNull = (ms: number): string | null => (ms === 0 ? null : momentOf(ms));
