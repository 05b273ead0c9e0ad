import type { ChartsTexts } from '../en/charts.js';

export const charts: ChartsTexts = {
  valueOverTime: 'Wert im Verlauf',
  ranges: {
    '1h': '1 Stunde',
    '1d': '24 Stunden',
    '1w': '7 Tage',
    '1m': '30 Tage',
    ytd: 'seit Jahresbeginn',
    '1y': '1 Jahr',
    all: 'alles Festgehaltene',
  },
  rangeShort: {
    '1h': '1 Std',
    '1d': '1 T',
    '1w': '1 W',
    '1m': '1 M',
    ytd: 'YTD',
    '1y': '1 J',
    all: 'Alle',
  },
  range: 'Zeitraum',
  noHistory: 'Ab jetzt wird jede Minute ein Punkt festgehalten. Die Linie wächst gleich.',
  historyAway: 'Der Verlauf kann gerade nicht gelesen werden.',
  notRecorded: 'nicht festgehalten',
  asIfHeld: 'was du jetzt hältst, zu den Kursen von damals',
  asIfHeldBefore: (time) => `Vor ${time} ist nichts festgehalten: was du jetzt hältst, zu den Kursen von damals`,
  heldAway: 'Die Kurse von vor der Aufzeichnung können gerade nicht gelesen werden.',
  oldSince: (time) => `Nicht mehr aktualisiert seit ${time}.`,
  inPart: 'nicht alle Kurse waren aktuell',
  without: (coins) => `ohne ${coins}, kein Kurs`,
  atOldPrice: (coins) => `${coins} zu einem alten Kurs`,
};
