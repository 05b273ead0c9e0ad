import {
  Combobox,
  ComboboxGroup,
  ComboboxGroupLabel,
  ComboboxItem,
  ComboboxList,
  ComboboxProvider,
  Dialog,
  DialogDismiss,
  DialogHeading,
} from '@ariakit/react';
import { useState } from 'react';
import { CoinBadge } from '../../kit/coin-badge.js';
import { faultText } from '../../kit/fault-text.js';
import { useText } from '../../text/language.js';
import { besideName, nameAmong } from '../../text/pair.js';
import { QuantityForm } from './quantity-form.js';
import { recentSymbols } from './recent-symbols.js';
import { type FoundSymbol, searchSymbols } from './symbol-search.js';
import { useCoinChange } from './use-coin-change.js';
import { usePriceOf } from './use-price-of.js';
import { useRecordedPrice } from './use-recorded-price.js';
import { useNewListings, useSymbols } from './use-symbols.js';

const Search = ({ onPick }: { readonly onPick: (found: FoundSymbol) => void }) => {
  const text = useText();
  const { data, isPending, isError, error, refetch } = useSymbols();
  const { heldOf } = useCoinChange();
  // Not deferred: what Enter picks has to be what was typed.
  const [query, setQuery] = useState('');
  const [recent] = useState(recentSymbols);
  const groups = data ? searchSymbols(data, query, recent) : [];
  const foundNothing = data !== undefined && groups.length === 0;
  useNewListings(foundNothing ? query : undefined);
  const labels = { recent: text.recent, popular: text.popular, results: text.results };
  return (
    <ComboboxProvider open setValue={setQuery}>
      <Combobox
        autoSelect="always"
        className="search"
        aria-label={text.search}
        placeholder={text.searchHint}
        autoFocus
      />
      <ComboboxList alwaysVisible className="found" aria-label={text.results}>
        {groups.map(({ kind, symbols }) => (
          <ComboboxGroup key={kind} className="found-group">
            <ComboboxGroupLabel className="found-label">{labels[kind]}</ComboboxGroupLabel>
            {symbols.map((found) => (
              <ComboboxItem
                key={found.symbol}
                className="found-item"
                value={found.symbol}
                setValueOnClick={false}
                hideOnClick={false}
                onClick={() => onPick(found)}
              >
                <CoinBadge asset={found.base} />
                <span className="coin-names">
                  <span className="coin-name" translate="no">
                    {found.name}
                  </span>
                  <span className="coin-symbol" translate="no">
                    {besideName(found.name, found)}
                  </span>
                </span>
                {found.paused && <span className="tag">{text.paused}</span>}
                {heldOf(found.symbol) !== undefined && <span className="tag plain">{text.held}</span>}
              </ComboboxItem>
            ))}
          </ComboboxGroup>
        ))}
      </ComboboxList>
      {isPending && <p className="found-note">{text.working}</p>}
      {isError && (
        <p className="found-note">
          <span>{faultText(error, text)}</span>{' '}
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </p>
      )}
      {foundNothing && (
        <p className="found-note" role="status">
          {text.noResult(query)}
        </p>
      )}
    </ComboboxProvider>
  );
};

const Amount = ({ found, onClose }: { readonly found: FoundSymbol; readonly onClose: () => void }) => {
  const text = useText();
  const { heldOf, add, tellFault } = useCoinChange();
  const held = heldOf(found.symbol);
  const live = usePriceOf(found.symbol);
  const recorded = useRecordedPrice(found.symbol, found.quote, held === undefined);
  return (
    <>
      {found.paused && <p className="price-note">{text.pausedNote}</p>}
      <QuantityForm
        base={found.base}
        held={held}
        price={live ?? recorded?.price}
        priceFrom={live || held !== undefined ? undefined : recorded === null ? 'nowhere' : recorded?.atMs}
        mode="add"
        submit={(quantity, key) => add(found.symbol, found.base, quantity, key)}
        onDone={onClose}
        onUnheard={(thrown) => tellFault(found.symbol, found.base, thrown)}
      />
    </>
  );
};

/** Search a coin, then say how much of it. */
export const AddCoinDialog = ({ onClose, preset }: { readonly onClose: () => void; readonly preset?: FoundSymbol }) => {
  const text = useText();
  const [found, setFound] = useState<FoundSymbol | undefined>(preset);
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />} unmountOnHide>
      <header className="dialog-head">
        {found && !preset && (
          <button type="button" className="icon-button" aria-label={text.back} onClick={() => setFound(undefined)}>
            ←
          </button>
        )}
        <DialogHeading className="dialog-title">
          {found ? text.addTo(nameAmong(found.name, found)) : text.addCoin}
        </DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      {found ? <Amount found={found} onClose={onClose} /> : <Search onPick={setFound} />}
    </Dialog>
  );
};
