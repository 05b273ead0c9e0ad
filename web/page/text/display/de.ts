import type { DisplayTexts } from './en.js';

export const de: DisplayTexts = {
  directions: 'Farben für steigend und fallend',
  directionPairs: { 'green-red': 'Grün und Rot', 'red-green': 'Rot und Grün', 'blue-orange': 'Blau und Orange' },
  zone: 'Zeiten',
  zones: { local: 'Dieses Computers', utc: 'UTC' },
  hideAmountsHint: 'Alles außer Kursen und Prozenten, auch im Titel des Tabs.',
  calm: 'Ruhig',
  calmHint: 'Zahlen ändern sich, ohne aufzuleuchten.',
  keysHint: 'Etwa / zum Suchen. Das Fragezeichen zeigt alle.',
  chartNote: 'Diagramme mit TradingView Lightweight Charts™',
};
