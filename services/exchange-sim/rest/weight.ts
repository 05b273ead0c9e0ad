import type { Clock } from '@tickfolio/lib/clock';
import type { Limits } from '../limits.js';

/** What a request may do. */
export type Admission =
  | { readonly ok: true; readonly used: number }
  | {
      readonly ok: false;
      readonly status: 429 | 418;
      readonly used: number;
      readonly retryAfterMs: number;
      readonly bannedUntilMs: number | undefined;
    };

/** Request weight per address and minute of the wall clock, with the ban of those who insist. */
export interface WeightBudget {
  take(address: string, weight: number): Admission;
}

interface Account {
  minute: number;
  used: number;
  refusals: number;
  bannedUntilMs: number;
}

const minuteMs = 60_000;
const maxAddresses = 10_000;

export const createWeightBudget = (
  clock: Clock,
  limits: Pick<Limits, 'weightPerMinute' | 'refusalsBeforeBan' | 'banMs'>,
): WeightBudget => {
  const accounts = new Map<string, Account>();
  const accountOf = (address: string, minute: number): Account => {
    let account = accounts.get(address);
    if (!account) {
      if (accounts.size >= maxAddresses) accounts.delete(accounts.keys().next().value ?? '');
      account = { minute, used: 0, refusals: 0, bannedUntilMs: 0 };
      accounts.set(address, account);
    }
    if (account.minute !== minute) Object.assign(account, { minute, used: 0, refusals: 0 });
    return account;
  };
  return {
    take: (address, weight) => {
      const now = clock.now();
      const minute = Math.floor(now / minuteMs);
      const account = accountOf(address, minute);
      const refuse = (status: 429 | 418, untilMs: number): Admission => ({
        ok: false,
        status,
        used: account.used,
        retryAfterMs: untilMs - now,
        bannedUntilMs: status === 418 ? untilMs : undefined,
      });
      if (now < account.bannedUntilMs) return refuse(418, account.bannedUntilMs);
      // Also what is refused counts, as on the exchange: its header keeps climbing.
      account.used += weight;
      if (account.used <= limits.weightPerMinute) return { ok: true, used: account.used };
      account.refusals++;
      if (account.refusals <= limits.refusalsBeforeBan) return refuse(429, (minute + 1) * minuteMs);
      account.bannedUntilMs = now + limits.banMs;
      return refuse(418, account.bannedUntilMs);
    },
  };
};
