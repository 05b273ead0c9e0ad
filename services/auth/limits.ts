import { renewalTimes } from '@tickfolio/lib/renewal';
import type { ThrottleLimit } from '@tickfolio/lib/throttle';

/** Every bound and time of the service, with its default. */
export interface AuthLimits {
  /** Life of an access token. */
  readonly accessTtlMs: number;
  /** How long a refresh token lives unused. */
  readonly refreshTtlMs: number;
  /** After this time a session ends, however busy it is. */
  readonly sessionTtlMs: number;
  /**
   * How long after a successor was used the use of a refresh token is taken for a call that was held up, and not for
   * theft.
   */
  readonly lateMs: number;
  /** How many refresh tokens one session may be given in a minute. */
  readonly maxTokensPerMinute: number;
  /** Logins under one name. A right password forgets the wrong ones before it. */
  readonly loginsPerName: ThrottleLimit;
  /** Logins that failed from one address. */
  readonly loginsPerAddress: ThrottleLimit;
  readonly registrationsPerAddress: ThrottleLimit;
  /** Passwords that a signed-in user gives once more, by user; and recoveries, by name. */
  readonly provesPerUser: ThrottleLimit;
  /** Codes of an authenticator app, by user: whoever has the password and guesses all day is right once in three years. */
  readonly codesPerUser: ThrottleLimit;
  /** Of one user; the one used longest ago makes room. */
  readonly maxSessions: number;
  /** Of one user. */
  readonly maxPasskeys: number;
  readonly maxConcurrentHashes: number;
  readonly maxWaitingHashes: number;
  /** How often the database is asked whether it is there. */
  readonly healthPeriodMs: number;
  /**
   * How long it may leave that unanswered. The embedded one answers nobody else while the tables of a service are
   * brought up to date or a backup copies it, a second or more; requests wait for that, and it is no outage.
   */
  readonly healthTimeoutMs: number;
  /** How often rows that are over are deleted, and how many at once. */
  readonly cleanupPeriodMs: number;
  readonly cleanupBatchRows: number;
  /**
   * How long after its start it seals anew what a key of before sealed. By then every replica has been restarted with the
   * present key.
   */
  readonly resealAfterMs: number;
  /** How often the event log is sent what another replica wrote; what this one did it is sent at once. */
  readonly relayPollMs: number;
  /** How long open calls may go on once the service closes. */
  readonly drainMs: number;
}

export const defaultLimits: AuthLimits = {
  accessTtlMs: 15 * 60_000,
  refreshTtlMs: 168 * 3_600_000,
  sessionTtlMs: 30 * 24 * 3_600_000,
  lateMs: renewalTimes.lateMs,
  maxTokensPerMinute: 30,
  loginsPerName: { burst: 10, refillMs: 30_000 },
  loginsPerAddress: { burst: 100, refillMs: 1_000 },
  registrationsPerAddress: { burst: 200, refillMs: 2_000 },
  provesPerUser: { burst: 10, refillMs: 30_000 },
  codesPerUser: { burst: 10, refillMs: 5 * 60_000 },
  maxSessions: 100,
  maxPasskeys: 20,
  maxConcurrentHashes: 2,
  maxWaitingHashes: 32,
  healthPeriodMs: 1_000,
  healthTimeoutMs: 3_000,
  cleanupPeriodMs: 10 * 60_000,
  cleanupBatchRows: 1_000,
  resealAfterMs: 10 * 60_000,
  relayPollMs: 100,
  drainMs: 5_000,
};
