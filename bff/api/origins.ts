import type { FastifyCorsOptions } from '@fastify/cors';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Tells this server's own pages from those of other sites, also where a proxy rewrote the address that was asked. */
export interface Origins {
  /** @throws AppError permission_denied for a request that another site's page made, naming both addresses */
  check(request: FastifyRequest): void;
  /**
   * Remembers, in a cookie that goes to the WebSocket's address only, which page signed in: over an upgrade the browser
   * says no more than where the page is from. Needed, and done, only where `request`'s own address was rewritten.
   */
  remember(request: FastifyRequest, reply: FastifyReply): void;
}

export interface OriginsDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OriginsOptions {
  /**
   * Where people open the page; then the address in a request proves nothing (a foreign name may lead here: DNS
   * rebinding).
   */
  readonly publicUrls: readonly string[];
  /** Origins (`https://app.example.com`) of pages besides the server's own. */
  readonly allowed: readonly string[];
  readonly secureCookie: boolean;
  /** Where the browser sees the WebSocket. */
  readonly webSocketPath: string;
}

/**
 * Sent by the page itself. A page of another origin cannot send it: the browser would ask here first, and get no leave.
 */
const pageHeader = { name: 'x-requested-with', value: 'tickfolio' };
const rememberedName = 'pageOrigin';
const complaintPeriodMs = 10_000;
const maxShown = 100;

/** How a request was found to be ours. */
type Proof =
  | 'no page' // Other programs say nothing and pass, since they hold no user's cookies.
  | 'listed'
  | 'same address'
  | 'word of the browser'
  | 'remembered';

export const createOrigins = ({ clock, log }: OriginsDeps, options: OriginsOptions): Origins => {
  const { publicUrls, allowed, secureCookie, webSocketPath } = options;
  const known = new Set([
    ...publicUrls.map((url) => new URL(url).origin),
    ...allowed.map((origin) => origin.toLowerCase()),
  ]);
  const complain = createComplaint(
    clock,
    log,
    'a page was refused, because it is of another address than this server',
    complaintPeriodMs,
  );

  const proofOf = (request: FastifyRequest): Proof | undefined => {
    const origin = request.headers.origin?.toLowerCase();
    // Set by the browser alone and by no script; not sent over plain http by name, nor by every browser with an
    // upgrade.
    const site = request.headers['sec-fetch-site'];
    if (origin === undefined)
      return site === undefined || site === 'same-origin' || site === 'none' ? 'no page' : undefined;
    if (known.has(origin)) return 'listed';
    if (site === 'same-origin') return 'word of the browser';
    if (site === 'same-site' || site === 'cross-site') return undefined;
    if (!URL.canParse(origin)) return undefined;
    if (request.ws && request.cookies[rememberedName] === origin) return 'remembered';
    if (publicUrls.length > 0) return undefined;
    if (isAt(origin, request.host)) return 'same address';
    return request.headers[pageHeader.name] === pageHeader.value ? 'word of the browser' : undefined;
  };

  const detailOf = (request: FastifyRequest): string => {
    const { origin, host = '', 'sec-fetch-site': site } = request.headers;
    const page =
      origin === undefined
        ? `a page of another site (Sec-Fetch-Site: ${site})`
        : `a page of "${origin.slice(0, maxShown)}"`;
    const believed = request.host === host ? 'its Host header' : "the proxy's X-Forwarded-Host";
    const own =
      publicUrls.length > 0
        ? `${publicUrls.join(', ')} (PUBLIC_URL)`
        : `"${request.host.slice(0, maxShown)}" (${believed})`;
    const remedy =
      publicUrls.length > 0
        ? 'If that is an address of this page, add it to PUBLIC_URL.'
        : 'If that is this page, a proxy changes the address on the way: set PUBLIC_URL to the one that people open.';
    return `Requests from pages of other sites are not accepted here. This one came from ${page}, and this server is at ${own}. ${remedy}`;
  };

  return {
    check: (request) => {
      if (proofOf(request)) return;
      const detail = detailOf(request);
      complain(detail, { page: (request.headers.origin ?? 'of another site').slice(0, maxShown) });
      throw new AppError('permission_denied', detail);
    },
    remember: (request, reply) => {
      const origin = request.headers.origin?.toLowerCase();
      if (origin === undefined || proofOf(request) !== 'word of the browser') return;
      if (publicUrls.length === 0 && isAt(origin, request.host)) return; // The upgrade will show it as well.
      reply.setCookie(rememberedName, origin, {
        httpOnly: true,
        sameSite: 'strict',
        secure: secureCookie,
        path: webSocketPath,
      });
    },
  };
};

/** Whether a page of this origin would ask this `Host`, with its port or without where it is the usual one. */
const isAt = (origin: string, host: string): boolean => {
  const { protocol, host: own } = new URL(origin);
  const asked = `${protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).host === own;
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
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-request-id'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: preflightMaxAge,
    strictPreflight: false, // Its refusal would be no problem+json; without it an incomplete question is simply answered.
  };
};
