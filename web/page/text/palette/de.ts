import type { PaletteTexts } from './en.js';

export const de: PaletteTexts = {
  paletteActions: 'Aktionen',
  documents: { interfaces: 'Dokumentation: REST und WebSocket', guide: 'Dokumentation: Handbuch' },
  assets: 'Coins',
  pages: 'Seiten',
  allPortfolios: 'Alle Portfolios',
  newPortfolio: 'Neues Portfolio',
};
