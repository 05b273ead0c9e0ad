/**
 * What is numbered, by the name that its events carry: 1, 2, 3 and so on without holes. Each has one writer. Loads
 * nothing, so that a name can be had before the events are.
 */
export const streams = {
  /** An account. */
  user: (userId: string) => `user:${userId}`,
  /** That a service has erased what it held of a user: one event. */
  erasure: (userId: string, service: string) => `erasure:${userId}:${service}`,
  /** A portfolio's name and settings. */
  portfolio: (portfolioId: string) => `portfolio:${portfolioId}`,
  /** All balances of a portfolio together. */
  balances: (portfolioId: string) => `balances:${portfolioId}`,
  watchlist: (userId: string) => `watchlist:${userId}`,
  order: (orderId: string) => `order:${orderId}`,
} as const;
