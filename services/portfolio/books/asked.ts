/** Who asks for something of a portfolio. */
export interface Asked {
  readonly portfolioId: string;
  readonly userId: string;
  /** Of the call; empty for none. */
  readonly requestId: string;
  /** Of the call, if it is for one: aborted once nobody waits for it. */
  readonly signal?: AbortSignal;
}
