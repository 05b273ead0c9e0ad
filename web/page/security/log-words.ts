import type { LogAnswer } from '@tickfolio/api/account';
import type { SecurityTexts } from '../text/security/en.js';

export type LogEntry = LogAnswer['entries'][number];

const countOf = ({ detail }: LogEntry): number => (typeof detail.count === 'number' ? detail.count : 1);

/** What happened, in the reader's words; what a newer server writes down is told by its own. */
export const logWords = (entry: LogEntry, { log }: Pick<SecurityTexts, 'log'>): string => {
  const { action, detail } = entry;
  const by = String(detail.by ?? '');
  // Of a passkey; not there in what was written down at first.
  const name = String(detail.name ?? '');
  switch (action) {
    case 'account-created':
      return log.accountCreated;
    case 'account-deleted':
      return log.accountDeleted;
    case 'sign-in':
      return Object.hasOwn(log.signIn, by) ? log.signIn[by as keyof typeof log.signIn] : log.signIn.other;
    case 'sign-in-refused':
      return log.signInRefused(countOf(entry));
    case 'password-refused':
      return log.passwordRefused(countOf(entry));
    case 'code-refused':
      return log.codeRefused(countOf(entry));
    case 'recovery-refused':
      return log.recoveryRefused(countOf(entry));
    case 'refresh-reused':
      return log.refreshReused;
    case 'password-changed':
      return log.passwordChanged;
    case 'account-recovered':
      return log.accountRecovered;
    case 'recovery-codes-renewed':
      return log.recoveryCodesRenewed;
    case 'totp-added':
      return log.totpAdded;
    case 'totp-removed':
      return log.totpRemoved;
    case 'second-factor-refused':
      return log.secondFactorRefused;
    case 'passkey-added':
      return log.passkeyAdded(name);
    case 'passkey-removed':
      return log.passkeyRemoved(name);
    case 'session-ended':
      return detail.because === 'ended' ? log.sessionEndedElsewhere : log.sessionEnded;
    case 'sessions-ended':
      return log.sessionsEnded(countOf(entry));
    default:
      return log.other(action);
  }
};

/** From which device and network, as far as that is known. */
export const logPlace = ({ detail }: LogEntry): string =>
  [detail.device, detail.network].filter((part) => typeof part === 'string' && part !== '').join(' · ');
