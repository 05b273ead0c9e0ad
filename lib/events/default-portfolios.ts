import { v5 as uuid5 } from 'uuid';

/** Of what is derived here. */
const namespace = '3f1c0c1e-5d0b-5c6e-9a5e-6f0a4d1b7c22';

/** Which of a user's default portfolios is meant: each kind of prices has one of its own for paper money. */
export interface DefaultPortfolio {
  readonly kind: 'tracking' | 'paper';
  readonly simulated: boolean;
}

const owned: DefaultPortfolio = { kind: 'tracking', simulated: false };

/**
 * The id of a default portfolio: of user, kind and prices, so that it is the same whoever makes it, and known before it
 * is made.
 */
export const defaultPortfolioId = (userId: string, { kind, simulated } = owned): string =>
  uuid5(`${userId} ${kind}${simulated ? ' simulated' : ''}`, namespace);
