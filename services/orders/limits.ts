/** Every bound and time of the service, with its default. */
export interface OrdersLimits {
  /** Orders of one user. */
  readonly maxASecond: number;
  /** Open ones of one portfolio, on one symbol and in all. */
  readonly maxOpenOfSymbol: number;
  readonly maxOpenOfPortfolio: number;
  /** How long an answer waits for the decision of a reservation. */
  readonly decisionMs: number;
  /** How often it is looked for what is due of orders. */
  readonly sweepMs: number;
  /** The first pause after a call that was not answered, and the longest. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** How long a reservation is asked for before it is given up. */
  readonly reserveMs: number;
  /** How often the socket service is asked what the exchange lists. */
  readonly symbolsRefreshMs: number;
  /** How often it is looked for symbols that are gone. */
  readonly brokenPeriodMs: number;
  /** How often the database is asked whether it is there, and how long it may leave that unanswered. */
  readonly healthPeriodMs: number;
  readonly healthTimeoutMs: number;
  /** How often orders are compared with fills and reservations, as far as they changed. */
  readonly auditPeriodMs: number;
  /** How often the event log is sent what another replica wrote; what this one did it is sent at once. */
  readonly relayPollMs: number;
  /** How long open calls may go on once the service closes. */
  readonly drainMs: number;
}

export const defaultLimits: OrdersLimits = {
  maxASecond: 10,
  maxOpenOfSymbol: 200,
  maxOpenOfPortfolio: 1_000,
  decisionMs: 2_000,
  sweepMs: 250,
  minRetryMs: 100,
  maxRetryMs: 5_000,
  reserveMs: 30_000,
  symbolsRefreshMs: 60_000,
  brokenPeriodMs: 60_000,
  healthPeriodMs: 1_000,
  healthTimeoutMs: 3_000,
  auditPeriodMs: 60_000,
  relayPollMs: 100,
  drainMs: 5_000,
};
