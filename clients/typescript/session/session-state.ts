import type { CookieRisk } from './cookie-risk.js';

/**
 * `left`: in this browser, by whoever signed out. `everywhere`: the same, with all other devices of the user. `ended`:
 * not by this browser.
 */
export type LeaveReason = 'left' | 'everywhere' | 'ended';

export type SessionState =
  /** Not known yet: the cookie can only be tried. `away`: that was tried, and nobody answers. */
  | { readonly kind: 'unknown'; readonly away?: true }
  | { readonly kind: 'signed-out'; readonly reason?: LeaveReason | undefined }
  /** `risk`: why not for long; found out soon after signing in. */
  | {
      readonly kind: 'signed-in';
      readonly userId: string;
      readonly userName: string;
      readonly risk?: CookieRisk | undefined;
    };
