/** Every bound and time of the service, with its default. */
export interface PortfolioLimits {
  /** Of one user, the archived ones not counted. */
  readonly maxPortfolios: number;
  /** The same with the archived ones, which stay for as long as the account; the default ones not counted. */
  readonly maxMadeIn30Days: number;
  /** How often the database is asked whether it is there. */
  readonly healthPeriodMs: number;
  /**
   * How long it may leave that unanswered. The embedded one answers nobody else while the tables of a service are
   * brought up to date or a backup copies it, a second or more; requests wait for that, and it is no outage.
   */
  readonly healthTimeoutMs: number;
  /** How often requests that are too old to be repeated are forgotten, and how many at once. */
  readonly cleanupPeriodMs: number;
  readonly cleanupBatchRows: number;
  /** How often the books are compared with themselves, as far as they changed. */
  readonly auditPeriodMs: number;
  /** How often the socket service is asked what the exchange lists. */
  readonly assetsRefreshMs: number;
  /** How often the event log is sent what another replica wrote; what this one did it is sent at once. */
  readonly relayPollMs: number;
  /** How long open calls may go on once the service closes. */
  readonly drainMs: number;
}

export const defaultLimits: PortfolioLimits = {
  maxPortfolios: 50,
  maxMadeIn30Days: 200,
  healthPeriodMs: 1_000,
  healthTimeoutMs: 3_000,
  cleanupPeriodMs: 10 * 60_000,
  cleanupBatchRows: 1_000,
  auditPeriodMs: 60_000,
  assetsRefreshMs: 60_000,
  relayPollMs: 100,
  drainMs: 5_000,
};
