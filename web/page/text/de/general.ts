import type { GeneralTexts } from '../en/general.js';

export const general: GeneralTexts = {
  tag: 'de',
  numbers: { group: '.', point: ',' },
  sizes: ['Tsd.', 'Mio.', 'Mrd.', 'Bio.'],
  appName: 'tickfolio',
  noAnswer: 'Der Server antwortet nicht. Prüfe die Verbindung und versuche es noch einmal.',
  working: 'Einen Moment …',
  up: 'gestiegen',
  down: 'gefallen',
  same: 'unverändert',
  close: 'Schließen',
  cancel: 'Abbrechen',
  dismiss: 'Schließen',
  tryAgain: 'Noch einmal',
  reload: 'Neu laden',
  language: 'Sprache',
  notHeld: 'Diesen Coin hast du nicht.',
};
