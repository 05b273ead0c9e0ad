/** Traded symbols, lower case: as many as a few hundred portfolios hold. */
export const tradeSymbols: readonly string[] = Array.from(
  { length: 100 },
  (_, i) => `t${String(i).padStart(3, '0')}usdt`,
);

/** How the socket service batches frames into messages, and the floor like it. */
export const batching = { frames: 100, flushMs: 5 } as const;

/** How often the last process of the chain tells how far it is. */
export const progressMs = 5;
