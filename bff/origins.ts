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
