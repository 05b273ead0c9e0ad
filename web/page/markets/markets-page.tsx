import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense, useCallback, useMemo, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { basisChoice } from '../display/choices.js';
import { faultText } from '../kit/fault-text.js';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { useColumns } from '../portfolio/table/use-columns.js';
import { PageHeading } from '../shell/page-heading.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import { useWatchlistText } from '../text/watchlist/use-watchlist-text.js';
import { ListTabs } from './list-tabs.js';
import { MarketFilter } from './market-filter.js';
import { MarketBones, MarketNote, NoMarkets, OldNote } from './market-notes.js';
import { foundRows, type MarketRow, quotesOf, sortedRows } from './market-rows.js';
import { MarketTable } from './market-table.js';
import { columnsOf, columnsText, type MarketSort, type MarketsSearch, usualOrder } from './markets-search.js';
import { shownColumns } from './shown-columns.js';
import { UntradedList } from './untraded-list.js';
import { useListedRows } from './use-listed-rows.js';
import { useWeeks } from './use-tickers.js';

const AddCoinDialog = latePart(() =>
  import('../portfolio/search/add-coin-dialog.js').then(({ AddCoinDialog: found }) => found),
);

/** What is asked for: most of it stands in the address. */
const useMarketsSearch = () => {
  const search = useSearch({ from: '/markets' });
  const navigate = useNavigate({ from: '/markets' });
  const change = useCallback(
    (more: MarketsSearch) =>
      void navigate({ search: (before) => ({ ...before, ...more }), replace: true, resetScroll: false }),
    [navigate],
  );
  return [search, change] as const;
};

/** Everything that the exchange lists, or what of it is watched, with its last 24 hours. */
export const MarketsPage = () => {
  const text = useMarketsText();
  const words = useWatchlistText();
  const [search, change] = useMarketsSearch();
  const { q = '', list = 'all', sort, order } = search;
  // What is watched is shown whatever it is priced in.
  const quote = list === 'all' ? search.quote : undefined;
  const room = useColumns();
  const basis = useChoice(basisChoice);
  const columns = shownColumns(columnsOf(search), room, basis);
  const { book, all, untraded, isNothingWatched, fault } = useListedRows(search);
  const weeks = useWeeks(quote, columns.includes('week'));
  const { data: listed } = useSymbols();
  const held = useLive(({ view }) => [...new Set(view?.rows.map(({ base }) => base))].sort().join(' '));
  const heldAssets = useMemo(() => new Set(held.split(' ')), [held]);
  const holdable = useMemo(() => new Set(listed?.map(({ Symbol: symbol }) => symbol)), [listed]);
  const [added, setAdded] = useState<MarketRow>();
  const closeAdd = useCallback(() => setAdded(undefined), []);
  const quotes = useMemo(() => quotesOf((listed ?? []).map(({ QuoteAsset }) => ({ quote: QuoteAsset }))), [listed]);

  const found = useMemo(() => all && (q.trim() === '' ? all : foundRows(all, q)), [all, q]);
  // Without another wish, what was searched for stands as it fits, what is watched as it was added, and everything by
  // what is traded most.
  const rows = useMemo(() => found && (sort ? sortedRows(found, sort, order) : found), [found, sort, order]);
  const sortNow = sort ?? (q === '' && list === 'all' ? 'volume' : undefined);
  const orderNow = order ?? usualOrder(sort ?? 'volume');

  const onSort = (next: MarketSort) => {
    const other = orderNow === 'asc' ? 'desc' : 'asc';
    const wanted = next === sortNow ? other : usualOrder(next);
    change({ sort: next, order: wanted === usualOrder(next) ? undefined : wanted });
  };
  const retry = () => void book.refetch();
  return (
    <div className="markets">
      <div className="page-head">
        <PageHeading title={text.places.markets} />
        <p className="none" role="status">
          {rows
            ? quote === undefined && list === 'all'
              ? text.assetCount(rows.length)
              : text.marketCount(rows.length)
            : ''}
        </p>
      </div>
      <ListTabs
        list={list}
        onList={(next) => change({ list: next === 'all' ? undefined : next, sort: undefined, order: undefined })}
      />
      <MarketFilter
        query={q}
        onQuery={(query) => change({ q: query === '' ? undefined : query })}
        quote={quote}
        isNoQuote={all?.length === 0}
        quotes={quotes}
        onQuote={list === 'all' ? (next) => change({ quote: next }) : undefined}
        columns={columnsOf(search)}
        onColumns={room === 'phone' ? undefined : (next) => change({ columns: columnsText(next) })}
      />
      {!rows && fault && (
        <MarketNote words={faultText(fault.error, text)} action={text.tryAgain} onAction={fault.retry} />
      )}
      {!rows && !fault && <MarketBones />}
      {book.data && <OldNote book={book.data} fault={book.error} onRetry={retry} />}
      {rows && rows.length > 0 && (
        <MarketTable
          {...{ rows, columns, room, weeks, holdable }}
          sort={sortNow}
          order={orderNow}
          onSort={onSort}
          held={heldAssets}
          onAdd={setAdded}
        />
      )}
      {untraded.length > 0 && <UntradedList watched={untraded} />}
      {isNothingWatched ? (
        <MarketNote
          words={words.nothingWatched}
          action={words.allMarkets}
          onAction={() => change({ list: undefined })}
        />
      ) : (
        rows?.length === 0 &&
        untraded.length === 0 && (
          <NoMarkets
            query={q}
            quote={quote}
            isNothingKnown={all?.length === 0 && book.data?.stale !== null}
            onChange={change}
            onRetry={retry}
          />
        )
      )}
      <Suspense>{added && <AddCoinDialog preset={added} onClose={closeAdd} />}</Suspense>
    </div>
  );
};
