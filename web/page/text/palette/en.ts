/** What the search finds besides assets. */
export const en = {
  paletteActions: 'Actions',
  documents: { interfaces: 'Documentation: REST and WebSocket', guide: 'Documentation: guide' },
  assets: 'Assets',
  pages: 'Pages',
  allPortfolios: 'All portfolios',
  newPortfolio: 'New portfolio',
};

export type PaletteTexts = typeof en;
