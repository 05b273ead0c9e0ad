import type { HomeTexts } from './en.js';

export const de: HomeTexts = {
  movers: 'Was sich bei dir bewegt',
  nothingMoved: 'Keiner deiner Kurse hat sich bewegt.',
  noBasis: 'Von diesem Zeitpunkt ist noch kein Kurs bekannt.',
  changesAway: 'Die Kurse von damals können gerade nicht gelesen werden.',
  attention: 'Zu beachten',
  madeUpPrices: 'Diese Kurse macht keine Börse, sondern ein Simulator.',
  ordersWaiting: (count) => (count === 1 ? '1 Auftrag wartet' : `${count} Aufträge warten`),
  lastPriceAt: (time) => `von ${time}`,
  youngHistory: (coins, time) =>
    `Änderungen von ${coins} zählen erst seit ${time}: Ein älterer Kurs ist nicht bekannt.`,
};
