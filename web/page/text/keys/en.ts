/** The list of keys. */
export const en = {
  keyMeanings: {
    search: 'Search',
    home: 'Go home',
    portfolio: 'Go to the portfolio',
    markets: 'Go to the markets',
    trade: 'Go trading',
    add: 'Add an asset',
    receipt: 'How the total, or the value of the row, comes about',
    discreet: 'Hide or show amounts',
    keys: 'This list',
  },
};

export type KeysTexts = typeof en;
