import type { useNavigate } from '@tanstack/react-router';
import type { AssetSearch } from '@tickfolio/lib/market/asset-search';
import { toggleDiscreet } from '../header/discreet-button.js';
import { places } from '../navigation/places.js';
import { basePath } from '../place.js';
import { assetGroups, type HoldableAsset, type HoldableMarket, isPaused } from '../portfolio/search/asset-groups.js';
import type { SearchEntry, SearchGroup } from '../portfolio/search/search-form.js';
import { sections } from '../settings/sections.js';
import { openDialog, openReceipt } from '../shell/open-dialog.js';
import { assetAddress } from '../text/asset-address.js';
import type { Messages } from '../text/messages-en.js';
import type { PaletteTexts } from '../text/palette/en.js';

type Navigate = ReturnType<typeof useNavigate>;

/** Something that the palette finds, and what is done with it. */
export interface PaletteEntry extends SearchEntry {
  readonly go: (navigate: Navigate) => void;
  /** Other words that it is found by. */
  readonly aliases?: string;
}

const maxAssets = 8;
const to = (address: string) => (navigate: Navigate) => void navigate({ to: address });

type Words = Messages & PaletteTexts;

/** Pages of their own, which the router does not know. */
const toDocuments = (path: string) => () => location.assign(basePath + path);

const pagesOf = (text: Words): readonly PaletteEntry[] => [
  ...places
    .filter(({ key }) => key !== 'settings')
    .map(({ key, to: address, icon }) => ({ key, name: text.places[key], icon, go: to(address) })),
  { key: 'portfolios', name: text.allPortfolios, icon: 'portfolio', go: to('/portfolios') },
  ...sections.map((section) => ({
    key: `settings-${section}`,
    name: `${text.places.settings}: ${text.sections[section]}`,
    icon: 'settings' as const,
    go: to(`/settings/${section}`),
  })),
  { key: 'docs', name: text.documents.interfaces, icon: 'document', aliases: 'docs api', go: toDocuments('docs') },
  { key: 'guide', name: text.documents.guide, icon: 'document', aliases: 'docs help', go: toDocuments('docs/guide') },
];

const actionsOf = (text: Words): readonly PaletteEntry[] => [
  { key: 'add', name: text.addCoin, icon: 'add', go: () => openDialog('add') },
  { key: 'new-portfolio', name: text.newPortfolio, icon: 'portfolio', go: () => openDialog('portfolio') },
  { key: 'discreet', name: text.hideAmounts, icon: 'eye', go: toggleDiscreet },
  { key: 'receipt', name: text.receiptOfTotal, icon: 'receipt', go: () => openReceipt() },
  { key: 'keys', name: text.keysTitle, icon: 'more', go: () => openDialog('keys') },
];

/** To the asset by the market that was typed; what everything is valued in has no page, but what it values. */
const entryOf = ({ asset, name, markets, market }: HoldableAsset, text: Messages): PaletteEntry => ({
  key: `asset-${asset}`,
  name,
  detail: asset,
  icon: { asset },
  tags: isPaused({ markets }) ? [{ words: text.paused, isWarning: true }] : [],
  go: (navigate) => {
    if (!market) return void navigate({ to: '/markets', search: { quote: asset } });
    const { search } = assetAddress(market.symbol, market.quote.toLowerCase());
    return void navigate({ to: '/assets/$asset', params: { asset }, search });
  },
});

/** What a search finds, best first: assets, then pages and actions with such a word in their name. */
export const paletteGroups = (
  search: AssetSearch<HoldableMarket>,
  typed: string,
  recent: readonly string[],
  text: Words,
): readonly SearchGroup<PaletteEntry>[] => {
  const query = typed.trim().toLowerCase();
  const fits = ({ name, aliases = '' }: PaletteEntry) => `${name} ${aliases}`.toLowerCase().includes(query);
  const found = assetGroups(search, typed, recent);
  const assets = found.flatMap((group) => group.assets);
  const groups: readonly SearchGroup<PaletteEntry>[] = [
    {
      label: text.assets,
      entries: assets.slice(0, maxAssets).map((asset) => entryOf(asset, text)),
      isGuess: found.every(({ isGuess }) => isGuess),
    },
    { label: text.pages, entries: pagesOf(text).filter(fits), isGuess: false },
    { label: text.paletteActions, entries: actionsOf(text).filter(fits), isGuess: false },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
};
