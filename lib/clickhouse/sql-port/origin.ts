import type { IncomingMessage, ServerResponse } from 'node:http';

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

export const isLoopback = (host: string): boolean => loopbackName.test(host);

const hostNameOf = (hostHeader: string): string => hostHeader.replace(/:\d*$/, '');

const readableHeaders = 'X-ClickHouse-Query-Id, X-ClickHouse-Summary, X-ClickHouse-Format, X-ClickHouse-Exception-Code';
const sendableHeaders =
  'Content-Type, Authorization, X-ClickHouse-User, X-ClickHouse-Key, X-ClickHouse-Format, X-ClickHouse-Database';

export interface OriginRules {
  /**
   * The port is this machine's own, so nobody calls it by another name; a web page that does wants to get round its
   * browser.
   */
  readonly loopbackOnly: boolean;
  readonly corsOrigins: readonly string[];
}

/**
 * Sets the headers by which a browser lets a page of this machine (Tabix, say) read the answer, and refuses what a page
 * from elsewhere sends.
 * @returns false when the request has been refused
 */
export const mayAsk = (
  request: IncomingMessage,
  response: ServerResponse,
  { loopbackOnly, corsOrigins }: OriginRules,
): boolean => {
  const { origin, host = '' } = request.headers;
  const refuse = (why: string) => {
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(`${why}\n`);
    return false;
  };
  if (loopbackOnly && !isLoopback(hostNameOf(host))) return refuse('This port answers to the name localhost only.');
  response.setHeader('Vary', 'Origin');
  const known =
    origin !== undefined &&
    (corsOrigins.includes(origin) || (URL.canParse(origin) && isLoopback(new URL(origin).hostname)));
  if (known) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', readableHeaders);
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, HEAD, OPTIONS');
      response.setHeader('Access-Control-Allow-Headers', sendableHeaders);
      response.setHeader('Access-Control-Max-Age', '86400');
    }
    return true;
  }
  // Programs that are no browsers send neither of these.
  const foreign = origin !== undefined || request.headers['sec-fetch-site'] === 'cross-site';
  return foreign ? refuse('Web pages of other sites may not send queries to this port.') : true;
};
