import { createAudit } from '@tickfolio/lib/audit';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import type { CallOrigin } from './call-origin.js';

/** What the log of an account tells. */
type SecurityAction =
  | 'account-created'
  | 'account-deleted'
  | 'sign-in'
  /** These four with how many were refused in the minute before. */
  | 'sign-in-refused'
  | 'password-refused'
  | 'code-refused'
  | 'recovery-refused'
  | 'refresh-reused'
  | 'password-changed'
  | 'account-recovered'
  | 'recovery-codes-renewed'
  | 'totp-added'
  | 'totp-removed'
  | 'second-factor-refused'
  | 'passkey-added'
  | 'passkey-removed'
  | 'session-ended'
  | 'sessions-ended';

export interface SecurityEvent {
  readonly userId: string;
  readonly action: SecurityAction;
  readonly origin: CallOrigin;
  /** Default `ok`. */
  readonly outcome?: 'ok' | 'refused';
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Writes down what happened to an account, as the last statement of the transaction in which it does. */
export type SecurityLog = (tx: Transaction, event: SecurityEvent) => Promise<void>;

export const createSecurityLog = (time: DatabaseTime): SecurityLog => {
  const record = createAudit(time);
  return (tx, { userId, action, origin, outcome = 'ok', detail }) => {
    const { requestId, ...place } = origin;
    // Who is refused is not known to be the user.
    const actor = outcome === 'ok' ? 'user' : 'system';
    return record(tx, { userId, action, outcome, actor, requestId, detail: { ...place, ...detail } });
  };
};
