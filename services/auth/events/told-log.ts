import type { SecurityEvent, SecurityLog } from '../log/security-log.js';
import type { TellOfUser, UserEventSaid } from './user-stream.js';

/** What others are told of what is written in the log of an account; what was refused is nobody's business. */
const saidOf = ({ action, detail = {} }: SecurityEvent): readonly UserEventSaid[] => {
  const updated = (changed: string): UserEventSaid => ({ type: 'user.updated', data: { changed } });
  const loggedOut = (because: string): UserEventSaid => ({
    type: 'user.logged_out',
    data: { sessionId: String(detail.session), because },
  });
  const sessionsEnded = (count: unknown, because: string): readonly UserEventSaid[] =>
    typeof count === 'number' && count > 0 ? [{ type: 'user.sessions_ended', data: { count, because } }] : [];
  switch (action) {
    case 'account-created':
    case 'sign-in-refused':
    case 'password-refused':
    case 'code-refused':
    case 'recovery-refused':
    case 'second-factor-refused':
      return [];
    case 'account-deleted':
      return [{ type: 'user.deleted', data: {} }];
    case 'sign-in': {
      const data = { sessionId: String(detail.session), by: String(detail.by) };
      return [{ type: 'user.logged_in', data }, ...sessionsEnded(detail.ended, 'too-many')];
    }
    case 'refresh-reused':
      return [loggedOut('reuse')];
    case 'session-ended':
      return [loggedOut(String(detail.because))];
    case 'sessions-ended':
      return sessionsEnded(detail.count, String(detail.because));
    case 'password-changed':
      return [updated('password'), ...sessionsEnded(detail.sessionsEnded, 'password')];
    case 'account-recovered':
      return [updated('password'), ...sessionsEnded(detail.sessionsEnded, 'recovery')];
    case 'recovery-codes-renewed':
      return [updated('recovery-codes')];
    case 'totp-added':
    case 'totp-removed':
      return [updated('totp')];
    case 'passkey-added':
    case 'passkey-removed':
      return [updated('passkeys')];
  }
};

/** The log of an account, of which others are told: so nothing is written in the one and forgotten in the other. */
export const createToldLog =
  (write: SecurityLog, tell: TellOfUser): SecurityLog =>
  async (tx, event) => {
    const said = saidOf(event);
    const isNew = event.action === 'account-created';
    if (isNew || said.length > 0) await tell(tx, event.userId, said, event.origin.requestId);
    await write(tx, event);
  };
