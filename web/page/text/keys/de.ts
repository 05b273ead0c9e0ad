import type { KeysTexts } from './en.js';

export const de: KeysTexts = {
  keyMeanings: {
    search: 'Suchen',
    home: 'Zum Start',
    portfolio: 'Zum Portfolio',
    markets: 'Zu den Märkten',
    trade: 'Zum Handel',
    add: 'Coin hinzufügen',
    receipt: 'Wie der Gesamtwert oder der Wert der Zeile zustande kommt',
    discreet: 'Beträge verbergen oder zeigen',
    keys: 'Diese Liste',
  },
};
