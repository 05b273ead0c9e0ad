import type { ChangesTexts } from '../en/changes.js';

export const changes: ChangesTexts = {
  searchHint: 'Name oder Symbol: bitcoin, ETH …',
  results: 'Treffer',
  noResult: (query) => `Nichts heißt „${query}“.`,
  pricedIn: 'Kurs in',
  held: 'im Bestand',
  add: 'Hinzufügen',
  reduce: 'Verringern',
  remove: 'Entfernen',
  addTo: (coin) => `${coin} hinzufügen`,
  changeOf: (coin) => `${coin} ändern`,
  quantityShape: 'Schreibe eine Zahl wie 1,5 oder 1.234,5.',
  quantitySum:
    'Zusammen wären das mehr als 20 Stellen vor dem Komma, und mehr werden nicht aufbewahrt. Gib weniger ein.',
  added: (quantity, coin) => `${quantity} ${coin} hinzugefügt`,
  reduced: (quantity, coin) => `${coin} um ${quantity} verringert`,
  removed: (coin) => `${coin} entfernt`,
  failed: (coin) => `${coin} konnte nicht geändert werden`,
};
