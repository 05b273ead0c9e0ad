import type { RelyingParty } from '@tickfolio/gen/auth/v1';
import type { FastifyRequest } from 'fastify';

/** Where a page is, as its browser binds passkeys to it. */
export type RelyingPartyOf = (request: FastifyRequest) => RelyingParty;

export interface RelyingPartyOptions {
  /** Where people open the page; where they are not known, the request says it. */
  readonly publicUrls: readonly string[];
  /** Origins of pages besides the server's own. */
  readonly allowedOrigins: readonly string[];
  /** The host name of all passkeys, such as a domain above several hosts; undefined for that of the page. */
  readonly passkeyRpId: string | undefined;
}

/**
 * The page's own origin is where its passkeys are good, and a browser lets no other page use them: so a name that leads
 * here from elsewhere (DNS rebinding) could at most be given passkeys of its own.
 */
export const createRelyingPartyOf = ({
  publicUrls,
  allowedOrigins,
  passkeyRpId,
}: RelyingPartyOptions): RelyingPartyOf => {
  const known = publicUrls.map((url) => new URL(url).origin);
  const allowed = allowedOrigins.map((origin) => origin.toLowerCase());
  const own = (request: FastifyRequest): string => {
    const { origin = '' } = request.headers;
    const page =
      URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) ? new URL(origin).origin : undefined;
    const [first] = known;
    if (first !== undefined) return page !== undefined && known.includes(page) ? page : first;
    // A proxy may have rewritten the host; the browser has not. A page of another origin is not this server's own.
    if (page !== undefined && !allowed.includes(page) && passkeyRpId === undefined) return page;
    const asked = `${request.protocol}://${request.host}`;
    return URL.canParse(asked) ? new URL(asked).origin : asked;
  };
  return (request) => {
    const origin = own(request);
    const id = passkeyRpId ?? (URL.canParse(origin) ? new URL(origin).hostname : '');
    return { id, origins: [...new Set([origin, ...known, ...allowed])] };
  };
};
