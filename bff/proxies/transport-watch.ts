import type { Clock } from '@tickfolio/lib/clock';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { FastifyRequest } from 'fastify';

// What stands between browsers and this server, and cannot be seen in its settings: told to the operator from what
// requests say.

const complaintPeriodMs = 600_000;

/** The sentence for the log, at the start and whenever it happens. */
export const cookiesNeedHttps =
  'cookies need https outside ENV=local: a browser that opened the page by plain http drops them, and every reload signs out';

/** Whether browsers keep a Secure cookie of this page all the same. */
const isOnOneMachine = ({ hostname }: URL): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$|\.localhost$/.test(hostname);

/** @returns whether a Secure cookie comes to nothing in a page of this address */
export const dropsSecureCookies = (pageUrl: string): boolean => {
  const url = new URL(pageUrl);
  return url.protocol === 'http:' && !isOnOneMachine(url);
};

/**
 * Looks at a request of the account routes: whether it came over what the settings do not know, or will not carry what
 * they promise.
 */
export const createTransportWatch = (
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  { secureCookie }: { readonly secureCookie: boolean },
): ((request: FastifyRequest) => void) => {
  const ofCookies = createComplaint(clock, log, cookiesNeedHttps, complaintPeriodMs);
  const ofProxies = createComplaint(
    clock,
    log,
    'a proxy is not named in TRUST_PROXY, so everybody behind it counts as one visitor, for the limits of attempts too',
    complaintPeriodMs,
  );
  return (request) => {
    const { origin, 'x-forwarded-for': forwardedFor } = request.headers;
    if (secureCookie && origin !== undefined && URL.canParse(origin) && dropsSecureCookies(origin))
      ofCookies(`a page of ${origin} asked`);
    const peer = request.socket.remoteAddress;
    if (forwardedFor !== undefined && request.ip === peer) ofProxies(`${peer} sent X-Forwarded-For`);
  };
};
