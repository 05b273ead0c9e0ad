/** Who asks for something of a portfolio. */
export interface Asked {
  readonly portfolioId: string;
  readonly userId: string;
  /** Of the call; empty for none. */
  readonly requestId: string;
}
