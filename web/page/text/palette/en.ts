/** What the search finds besides assets. */
export const en = {
  paletteActions: 'Actions',
  documents: { interfaces: 'Documentation: REST and WebSocket', guide: 'Documentation: guide' },
  assets: 'Assets',
  pages: 'Pages',
};

export type PaletteTexts = typeof en;
