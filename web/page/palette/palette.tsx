import {
  Combobox,
  ComboboxGroup,
  ComboboxGroupLabel,
  ComboboxItem,
  ComboboxList,
  ComboboxProvider,
  Dialog,
  VisuallyHidden,
} from '@ariakit/react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CoinBadge } from '../kit/coin-badge.js';
import { faultText } from '../kit/fault-text.js';
import { Icon } from '../kit/icon.js';
import { recentSymbols } from '../portfolio/changes/recent-symbols.js';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { useText } from '../text/language.js';
import { type PaletteEntry, paletteGroups } from './palette-entries.js';

/** Finds assets, pages and actions by what is typed; the arrow keys and Enter are enough. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const text = useText();
  const navigate = useNavigate();
  const symbols = useSymbols();
  const [query, setQuery] = useState('');
  const [recent] = useState(recentSymbols);
  const groups = paletteGroups(symbols.data ?? [], query, recent, text);
  const labels = { assets: text.assets, pages: text.pages, actions: text.paletteActions };
  const take = ({ go }: PaletteEntry) => {
    onClose();
    if (typeof go === 'string') void navigate({ to: go });
    else go();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      className="dialog palette"
      aria-label={text.searchAll}
      backdrop={<div className="backdrop" />}
      unmountOnHide
    >
      <ComboboxProvider open setValue={setQuery}>
        <Combobox
          autoSelect="always"
          autoFocus
          className="search"
          aria-label={text.searchAll}
          placeholder={text.searchAll}
        />
        <ComboboxList alwaysVisible className="found" aria-label={text.results}>
          {groups.map(({ kind, entries }) => (
            <ComboboxGroup key={kind} className="found-group">
              <ComboboxGroupLabel className="found-label">{labels[kind]}</ComboboxGroupLabel>
              {entries.map((entry) => (
                <ComboboxItem
                  key={entry.key}
                  className="found-item"
                  value={entry.key}
                  setValueOnClick={false}
                  hideOnClick={false}
                  onClick={() => take(entry)}
                >
                  {entry.icon ? <Icon name={entry.icon} /> : <CoinBadge asset={entry.detail ?? ''} />}
                  <span className="found-name">{entry.name}</span>
                  {entry.detail !== undefined && entry.detail !== entry.name && (
                    <span className="found-detail" translate="no">
                      {entry.detail}
                    </span>
                  )}
                </ComboboxItem>
              ))}
            </ComboboxGroup>
          ))}
        </ComboboxList>
      </ComboboxProvider>
      {symbols.isError && <p className="found-note">{faultText(symbols.error, text)}</p>}
      {groups.length === 0 && (
        <p className="found-note" role="status">
          {text.noResult(query)}
        </p>
      )}
      <VisuallyHidden>
        <button type="button" onClick={onClose}>
          {text.close}
        </button>
      </VisuallyHidden>
    </Dialog>
  );
};
