import type { Owner, Portfolio, Portfolios } from '../../portfolio/portfolios.js';

/** Whose portfolio the welcome page shows: the one id that no account has, since accounts have random ones. */
export const demoOwner: Owner = { userId: '00000000-0000-4000-8000-000000000000', userName: 'demo' };

const quantities = { btcusdt: '0.25', ethusdt: '3.2', solusdt: '24', bnbusdt: '6' } as const;

/** The symbols of it, lower case; all are priced in USDT. */
export const demoSymbols: readonly string[] = Object.keys(quantities);

const portfolio: Portfolio = {
  version: 0,
  coins: Object.entries(quantities).map(([symbol, quantity], at) => ({
    id: at + 1,
    userId: demoOwner.userId,
    symbol,
    quantity,
    quoteAsset: 'usdt',
    version: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  })),
};

/** Portfolios as they are read for frames, and the demo's, which stands in no database. */
export const withDemo = ({
  readPortfolios,
}: Pick<Portfolios, 'readPortfolios'>): Pick<Portfolios, 'readPortfolios'> => ({
  readPortfolios: async (userIds) => {
    const others = userIds.filter((id) => id !== demoOwner.userId);
    const found = others.length === 0 ? new Map<string, Portfolio>() : await readPortfolios(others);
    if (others.length < userIds.length) found.set(demoOwner.userId, portfolio);
    return found;
  },
});
