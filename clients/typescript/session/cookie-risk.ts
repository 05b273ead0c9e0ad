import type { CookieAnswer } from '@tickfolio/api/accounts';

/** Why nobody stays signed in here: a reload, or some minutes, sign out. */
export type CookieRisk =
  /** The browser blocks cookies. */
  | 'blocked'
  /** The server's cookie needs https, and the page was opened by plain http. */
  | 'needs-https'
  /** It did not come back, for no reason that can be seen from here. */
  | 'not-kept';

/** What of the browser decides it. */
export interface CookieJar {
  /** False when it is known to block them. */
  readonly takesCookies: boolean;
  /** Whether what needs https is kept here: opened by https, or from this machine. */
  readonly isSecure: boolean;
}

/** @param signedIn whether a cookie has been sent, and so should have come back */
export const cookieRisk = (
  { kept, needsHttps }: CookieAnswer,
  jar: CookieJar,
  signedIn: boolean,
): CookieRisk | undefined => {
  if (kept) return undefined;
  if (!jar.takesCookies) return 'blocked';
  if (needsHttps && !jar.isSecure) return 'needs-https';
  return signedIn ? 'not-kept' : undefined;
};

/** @returns undefined for what is no such answer, of a server before its update for instance */
export const readCookieFacts = (answer: unknown): CookieAnswer | undefined => {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { kept, needsHttps } = answer as Record<string, unknown>;
  return typeof kept === 'boolean' && typeof needsHttps === 'boolean' ? { kept, needsHttps } : undefined;
};
