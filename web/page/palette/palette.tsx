import { VisuallyHidden } from '@ariakit/react';
import { useNavigate } from '@tanstack/react-router';
import { SearchForm } from '../portfolio/search/search-form.js';
import { useAssetSearch, useRecentAssets } from '../portfolio/search/use-asset-search.js';
import { PageDialog } from '../shell/page-dialog.js';
import { usePaletteText } from '../text/palette/use-palette-text.js';
import { paletteGroups } from './palette-entries.js';

/** Finds assets, pages and actions by what is typed. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const text = usePaletteText();
  const navigate = useNavigate();
  const search = useAssetSearch();
  const recent = useRecentAssets();
  return (
    <PageDialog onClose={onClose} className="palette" aria-label={text.searchAll}>
      <SearchForm
        label={text.searchAll}
        placeholder={text.searchAll}
        find={(typed) => paletteGroups(search, typed, recent, text)}
        onPick={({ go }) => {
          onClose();
          go(navigate);
        }}
      />
      <VisuallyHidden>
        <button type="button" onClick={onClose}>
          {text.close}
        </button>
      </VisuallyHidden>
    </PageDialog>
  );
};
