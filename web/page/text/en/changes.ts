/** Adding, reducing and removing what is held. */
export const changes = {
  searchHint: 'Name or symbol',
  noResult: (query: string) => `Nothing is called “${query}”.`,
  pricedIn: 'Priced in',
  held: 'held',
  add: 'Add',
  addTo: (coin: string) => `Add ${coin}`,
  quantityShape: 'Write a number such as 1.5 or 1,234.5.',
  quantitySum: 'Together that would have more than 20 digits before the point, and no more are kept. Enter less.',
};

export type ChangesTexts = typeof changes;
