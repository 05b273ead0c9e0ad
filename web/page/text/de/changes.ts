import type { ChangesTexts } from '../en/changes.js';

export const changes: ChangesTexts = {
  searchHint: 'Name oder Symbol',
  noResult: (query) => `Nichts heißt „${query}“.`,
  pricedIn: 'Kurs in',
  held: 'im Bestand',
  add: 'Hinzufügen',
  addTo: (coin) => `${coin} hinzufügen`,
  quantityShape: 'Schreibe eine Zahl wie 1,5 oder 1.234,5.',
  quantitySum:
    'Zusammen wären das mehr als 20 Stellen vor dem Komma, und mehr werden nicht aufbewahrt. Gib weniger ein.',
};
