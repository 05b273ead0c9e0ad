/** Adding, reducing and removing what is held. */
export const changes = {
  searchHint: 'Name or symbol',
  noResult: (query: string) => `Nothing is called “${query}”.`,
  pricedIn: 'Priced in',
  held: 'held',
  add: 'Add',
  addTo: (coin: string) => `Add ${coin}`,
};

export type ChangesTexts = typeof changes;
