/** Adding, reducing and removing what is held. */
export const changes = {
  searchHint: 'Name or symbol: bitcoin, ETH …',
  results: 'Results',
  noResult: (query: string) => `Nothing is called “${query}”.`,
  pricedIn: 'Priced in',
  held: 'held',
  add: 'Add',
  reduce: 'Reduce',
  remove: 'Remove',
  addTo: (coin: string) => `Add ${coin}`,
  changeOf: (coin: string) => `Change ${coin}`,
  quantityShape: 'Write a number such as 1.5 or 1,234.5.',
  quantitySum: 'Together that would have more than 20 digits before the point, and no more are kept. Enter less.',
  added: (quantity: string, coin: string) => `${quantity} ${coin} added`,
  reduced: (quantity: string, coin: string) => `Reduced ${coin} by ${quantity}`,
  removed: (coin: string) => `${coin} removed`,
  failed: (coin: string) => `${coin} could not be changed`,
};

export type ChangesTexts = typeof changes;
