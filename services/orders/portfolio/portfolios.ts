/** A portfolio as orders need it. */
export interface KnownPortfolio {
  readonly id: string;
  readonly kind: string;
  readonly isArchived: boolean;
  /** Whether it lives at made-up prices. */
  readonly simulated: boolean;
  /** What fees are paid in where there is enough of it. */
  readonly feeAsset: string | undefined;
}

export interface PortfolioAsked {
  readonly userId: string;
  readonly portfolioId: string;
  /** Whether prices are made up. */
  readonly simulated: boolean;
  readonly requestId: string;
}

/** What the portfolio service says of portfolios. @throws AppError not_found, also for somebody else's; unavailable */
export interface Portfolios {
  get(asked: PortfolioAsked): Promise<KnownPortfolio>;
  /** What can be used of an asset; `0` where there is none. */
  available(asked: PortfolioAsked, asset: string): Promise<string>;
  /** The same with what is kept for orders. */
  held(asked: PortfolioAsked, asset: string): Promise<string>;
}
