/** What Home shows beside the holdings. */
export const en = {
  movers: 'Your movers',
  nothingMoved: 'None of your prices has moved.',
  noBasis: 'No price of that moment is known yet.',
  changesAway: 'The earlier prices cannot be read at the moment.',
  attention: 'Attention',
  madeUpPrices: 'No exchange made these prices: a simulator did.',
  /** At paper money. */
  ordersWaiting: (count: number) => (count === 1 ? '1 order is waiting' : `${count} orders are waiting`),
  lastPriceAt: (time: string) => `of ${time}`,
  /** Of coins, and a moment that is later than the chosen one. */
  youngHistory: (coins: string, time: string) =>
    `Changes of ${coins} are counted only since ${time}: no older price is known.`,
};

export type HomeTexts = typeof en;
