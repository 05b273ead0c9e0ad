import { toggleDiscreet } from '../header/discreet-button.js';
import type { IconName } from '../kit/icon.js';
import { places } from '../navigation/places.js';
import { searchSymbols } from '../portfolio/changes/symbol-search.js';
import type { ListedSymbol } from '../portfolio/changes/use-symbols.js';
import { sections } from '../settings/sections.js';
import { openDialog, openReceipt } from '../shell/open-dialog.js';
import type { Messages } from '../text/messages-en.js';

/** Something that the palette finds. */
export interface PaletteEntry {
  readonly key: string;
  readonly name: string;
  /** Beside the name: of an asset its ticker. */
  readonly detail?: string | undefined;
  /** A sign of the page's own, or an asset's badge. */
  readonly icon?: IconName;
  /** An address of the page, or what is done. */
  readonly go: string | (() => void);
}

export interface PaletteGroup {
  readonly kind: 'assets' | 'pages' | 'actions';
  readonly entries: readonly PaletteEntry[];
}

const maxAssets = 8;

const pagesOf = (text: Messages): readonly PaletteEntry[] => [
  ...places
    .filter(({ key }) => key !== 'settings')
    .map(({ key, to, icon }) => ({ key, name: text.places[key], icon, go: to })),
  ...sections.map((section) => ({
    key: `settings-${section}`,
    name: `${text.places.settings}: ${text.sections[section]}`,
    icon: 'settings' as const,
    go: `/settings/${section}`,
  })),
];

const actionsOf = (text: Messages): readonly PaletteEntry[] => [
  { key: 'add', name: text.addCoin, icon: 'add', go: () => openDialog('add') },
  { key: 'discreet', name: text.hideAmounts, icon: 'eye', go: toggleDiscreet },
  { key: 'receipt', name: text.receiptOfTotal, icon: 'receipt', go: () => openReceipt() },
  { key: 'keys', name: text.keysTitle, icon: 'more', go: () => openDialog('keys') },
];

/** Each asset once, by its best market. */
const assetsOf = (symbols: readonly ListedSymbol[], query: string, recent: readonly string[]): PaletteEntry[] => {
  const found = searchSymbols(symbols, query, recent).flatMap((group) => group.symbols);
  const byAsset = new Map(found.toReversed().map((one) => [one.base, one]));
  return found
    .filter((one) => byAsset.get(one.base) === one)
    .slice(0, maxAssets)
    .map(({ base, name }) => ({ key: `asset-${base}`, name, detail: base, go: `/assets/${base}` }));
};

/** What a search finds, best first: assets, then pages and actions with such a word in their name. */
export const paletteGroups = (
  symbols: readonly ListedSymbol[],
  typed: string,
  recent: readonly string[],
  text: Messages,
): readonly PaletteGroup[] => {
  const query = typed.trim().toLowerCase();
  const fits = ({ name }: PaletteEntry) => name.toLowerCase().includes(query);
  const groups: readonly PaletteGroup[] = [
    { kind: 'assets', entries: assetsOf(symbols, typed, recent) },
    { kind: 'pages', entries: pagesOf(text).filter(fits) },
    { kind: 'actions', entries: actionsOf(text).filter(fits) },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
};
