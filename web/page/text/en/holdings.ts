/** What is held and what it is worth. */
export const holdings = {
  totalValue: 'Total value',
  since: (time: string) => `Since ${time}`,
  /** Of coins that are worth something now, where it is not known yet what they cost. */
  periodWithout: (period: string, coins: string) => `${period}, without ${coins}`,
  someSince: (time: string) => `Some assets only since ${time}: no older price is known.`,
  onlySince: (time: string) => `Since ${time}: no older price is known.`,
  /** Of an asset that is held through several markets. */
  priceOfMarket: (pair: string) => `Price of ${pair}.`,
  holdings: 'Holdings',
  coin: 'Asset',
  price: 'Price',
  quantity: 'Quantity',
  value: 'Value',
  share: '% of total',
  change: 'Change',
  trail: 'Last 24 h',
  notInTotal: (coins: string) => `Not included, because there is no price: ${coins}`,
  /** Of the value of an asset, markets that have no price. */
  valueWithout: ([pair = '', ...others]: readonly string[]) =>
    `without ${others.length === 0 ? pair : `${others.length + 1} markets`}`,
  andMore: (count: number) => `and ${count} more`,
  allocation: 'Allocation',
  others: 'Other',
  addCoin: 'Add asset',
  emptyTitle: 'Add your first asset',
  emptiedTitle: 'You hold no asset now',
  emptyText: 'What you add shows its value at once, which follows every trade.',
  sort: 'Sort by',
  sortBy: { value: 'Value', name: 'Name', change: 'Change', price: 'Price' },
  filter: 'Filter',
  hideDust: 'Hide under 1 USDT',
  /** Of all holdings, how many are listed; their value follows. */
  shownOf: (shown: number, all: number) => `${shown} of ${all} shown, together`,
  showAll: (count: number) => `Show all ${count}`,
  heldMarkets: (count: number, coin: string) => `${count} markets of ${coin}`,
  rowActions: (coin: string) => `Actions for ${coin}`,
};

export type HoldingsTexts = typeof holdings;
