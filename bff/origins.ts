import type { FastifyCorsOptions } from '@fastify/cors';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyRequest } from 'fastify';

/** @throws AppError permission_denied for a request that another site's page made */
export type CheckOrigin = (request: FastifyRequest) => void;

/**
 * Browsers say which page makes a request; other programs say nothing and pass, since they hold no user's cookies.
 * @param allowed origins (`https://app.example.com`) besides the server's own
 */
export const createOriginCheck = (allowed: readonly string[]): CheckOrigin => {
  const known = new Set(allowed.map((origin) => origin.toLowerCase()));
  return (request) => {
    const origin = request.headers.origin?.toLowerCase();
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined) {
      const host = URL.canParse(origin) ? new URL(origin).host : undefined;
      if (known.has(origin) || (host !== undefined && host === request.host.toLowerCase())) return;
    } else if (site === undefined || site === 'same-origin' || site === 'none') return;
    throw new AppError('permission_denied', 'Requests from pages of other sites are not accepted here.');
  };
};

/** How long a browser may remember that it may ask, in seconds. */
const preflightMaxAge = 600;

/**
 * Lets pages of the allowed origins call REST from a browser, with the user's cookie.
 * For any other origin it does nothing at all, and the browser keeps the answer from the page.
 */
export const corsOptions = (allowed: readonly string[]): FastifyCorsOptions => {
  const known = new Set(allowed.map((origin) => origin.toLowerCase()));
  return {
    origin: (origin, done) => done(null, origin !== undefined && known.has(origin.toLowerCase()) ? origin : false),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: preflightMaxAge,
    strictPreflight: false, // Its refusal would be no problem+json; without it an incomplete question is simply answered.
  };
};
