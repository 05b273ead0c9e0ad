import { Dialog, VisuallyHidden } from '@ariakit/react';
import { useNavigate } from '@tanstack/react-router';
import { SearchForm } from '../portfolio/search/search-form.js';
import { useAssetSearch, useRecentAssets } from '../portfolio/search/use-asset-search.js';
import { keepsScrollBar } from '../shell/scroll-bar.js';
import { usePaletteText } from '../text/palette/use-palette-text.js';
import { paletteGroups } from './palette-entries.js';

/** Finds assets, pages and actions by what is typed. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const text = usePaletteText();
  const navigate = useNavigate();
  const search = useAssetSearch();
  const recent = useRecentAssets();
  return (
    <Dialog
      preventBodyScroll={keepsScrollBar()}
      open
      onClose={onClose}
      className="dialog palette"
      aria-label={text.searchAll}
      backdrop={<div className="backdrop" />}
      unmountOnHide
    >
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
    </Dialog>
  );
};
