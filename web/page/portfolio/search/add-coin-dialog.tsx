import { DialogDismiss, DialogHeading } from '@ariakit/react';
import { coinName } from '@tickfolio/lib/market/asset-names';
import type { AssetMarket } from '@tickfolio/lib/market/asset-search';
import { useState } from 'react';
import { PageDialog } from '../../shell/page-dialog.js';
import { nameAmong } from '../../text/pair.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { QuantityForm } from '../changes/quantity-form.js';
import { useCoinChange } from '../changes/use-coin-change.js';
import { usePriceOf } from '../changes/use-price-of.js';
import { useRecordedPrice } from '../changes/use-recorded-price.js';
import { assetGroups, type HoldableAsset, type HoldableMarket, isPaused } from './asset-groups.js';
import { NotHoldable } from './not-holdable.js';
import { type SearchEntry, SearchForm, type SearchGroup } from './search-form.js';
import { useAssetSearch, useRecentAssets } from './use-asset-search.js';

interface AssetEntry extends SearchEntry {
  readonly found: HoldableAsset;
}

const AssetSearchForm = ({ onPick }: { readonly onPick: (found: HoldableAsset) => void }) => {
  const text = useQuantityText();
  const search = useAssetSearch();
  const recent = useRecentAssets();
  const { heldOf } = useCoinChange();
  const labels = { recent: text.recent, popular: text.popular, results: text.results };
  const tagsOf = ({ markets }: HoldableAsset) => [
    ...(isPaused({ markets }) ? [{ words: text.paused, isWarning: true }] : []),
    ...(markets.some(({ symbol }) => heldOf(symbol) !== undefined) ? [{ words: text.held, isWarning: false }] : []),
  ];
  const find = (typed: string): readonly SearchGroup<AssetEntry>[] =>
    assetGroups(search, typed, recent).map(({ kind, assets, isGuess }) => ({
      label: labels[kind],
      isGuess,
      entries: assets.map((found) => ({
        key: found.asset,
        name: found.name,
        detail: found.asset,
        icon: { asset: found.asset },
        tags: tagsOf(found),
        found,
      })),
    }));
  return (
    <SearchForm label={text.search} placeholder={text.searchHint} find={find} onPick={({ found }) => onPick(found)} />
  );
};

interface AmountProps {
  readonly market: AssetMarket & Partial<Pick<HoldableMarket, 'isPaused'>>;
  /** By which it can be held instead, itself too. */
  readonly markets: readonly AssetMarket[];
  readonly onMarket: (symbol: string) => void;
  readonly onClose: () => void;
}

const Amount = ({ market, markets, onMarket, onClose }: AmountProps) => {
  const text = useQuantityText();
  const { symbol, base, quote } = market;
  const { heldOf, add, tellFault } = useCoinChange();
  const held = heldOf(symbol);
  const live = usePriceOf(symbol);
  const { known, retry } = useRecordedPrice(symbol, quote, held === undefined);
  const recorded = typeof known === 'object' ? known : undefined;
  return (
    <>
      {markets.length > 1 && (
        <label className="priced-in">
          <span>{text.pricedIn}</span>{' '}
          <select value={symbol} translate="no" onChange={(event) => onMarket(event.target.value)}>
            {markets.map((one) => (
              <option key={one.symbol} value={one.symbol}>
                {one.quote}
              </option>
            ))}
          </select>
        </label>
      )}
      {market.isPaused && <p className="price-note">{text.pausedNote}</p>}
      <QuantityForm
        base={base}
        held={held}
        price={live ?? recorded?.price}
        priceFrom={live || held !== undefined ? undefined : typeof known === 'object' ? known.atMs : known}
        onPriceRetry={retry}
        mode="add"
        symbol={symbol}
        submit={(quantity, key) => add(symbol, base, quantity, key)}
        onDone={onClose}
        onUnheard={(thrown) => tellFault(symbol, base, thrown)}
      />
    </>
  );
};

interface AddCoinDialogProps {
  readonly onClose: () => void;
  /** What is to be added, where that is known beforehand. */
  readonly preset?: AssetMarket;
}

/** Search an asset, then say how much of it. */
export const AddCoinDialog = ({ onClose, preset }: AddCoinDialogProps) => {
  const text = useQuantityText();
  const search = useAssetSearch();
  const { heldOf } = useCoinChange();
  const [asset, setAsset] = useState(preset?.base);
  const [symbol, setSymbol] = useState(preset?.symbol);
  const markets = (asset === undefined ? undefined : search.asset(asset)?.markets) ?? (preset ? [preset] : []);
  const market = markets.find((one) => one.symbol === symbol) ?? preset;
  /** By the market that was typed, or that it is held by already, or the usual one. */
  const pick = (found: HoldableAsset) => {
    const isTyped = found.market !== found.markets[0];
    const known = isTyped ? undefined : found.markets.find((one) => heldOf(one.symbol) !== undefined);
    setAsset(found.asset);
    setSymbol((known ?? found.market)?.symbol);
  };
  const name = asset === undefined ? undefined : (coinName(asset) ?? asset);
  return (
    <PageDialog onClose={onClose}>
      <header className="dialog-head">
        {name !== undefined && !preset && (
          <button type="button" className="icon-button" aria-label={text.back} onClick={() => setAsset(undefined)}>
            ←
          </button>
        )}
        <DialogHeading className="dialog-title">
          {name === undefined ? text.addCoin : market ? text.addTo(nameAmong(name, market)) : name}
        </DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      {asset === undefined ? (
        <AssetSearchForm onPick={pick} />
      ) : market ? (
        <Amount market={market} markets={markets} onMarket={setSymbol} onClose={onClose} />
      ) : (
        <NotHoldable onPick={pick} />
      )}
    </PageDialog>
  );
};
