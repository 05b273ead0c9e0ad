import type { ShownPortfolio } from '../../holdings/shown-portfolio.js';
import type { Views } from '../../holdings/views.js';
import type { Owner } from '../../portfolio/portfolios.js';

/** Whose portfolio the welcome page shows: the one id that no account has, since accounts have random ones. */
export const demoOwner: Owner = { userId: '00000000-0000-4000-8000-000000000000', userName: 'demo' };

const quantities = { btcusdt: '0.25', ethusdt: '3.2', solusdt: '24', bnbusdt: '6' } as const;

/** The symbols of it, lower case; all are priced in USDT. */
export const demoSymbols: readonly string[] = Object.keys(quantities);

const portfolio: ShownPortfolio = {
  version: 0,
  coins: Object.entries(quantities).map(([symbol, quantity]) => ({ symbol, quantity, quoteAsset: 'usdt', version: 0 })),
};

/** Portfolios as they are read for frames, and the demo's, which stands in no database. */
export const withDemo = ({ readPortfolios }: Pick<Views, 'readPortfolios'>): Pick<Views, 'readPortfolios'> => ({
  readPortfolios: async (keys) => {
    const others = keys.filter((key) => key !== demoOwner.userId);
    const found = others.length === 0 ? new Map<string, ShownPortfolio>() : await readPortfolios(others);
    if (others.length < keys.length) found.set(demoOwner.userId, portfolio);
    return found;
  },
});
