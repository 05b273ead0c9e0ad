import type { ChangesTexts } from '../en/changes.js';

export const changes: ChangesTexts = {
  searchHint: 'Name oder Symbol',
  noResult: (query) => `Nichts heißt „${query}“.`,
  pricedIn: 'Kurs in',
  held: 'im Bestand',
  add: 'Hinzufügen',
  addTo: (coin) => `${coin} hinzufügen`,
};
