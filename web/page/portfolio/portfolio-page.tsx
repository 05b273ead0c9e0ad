import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { Skeleton } from '../shell/skeleton.js';
import { useText } from '../text/language.js';
import { useDayBases } from '../value/use-day-bases.js';
import { ValuePanel } from '../value/value-panel.js';
import { Allocation } from './allocation.js';
import { useSymbols } from './changes/use-symbols.js';
import { Freshness } from './freshness.js';
import { CoinTable } from './table/coin-table.js';
import { TotalPanel } from './total-panel.js';
import { useTrailSeeds } from './use-trail-seeds.js';

const loadAdd = () => import('./changes/add-coin-dialog.js');
const loadChange = () => import('./changes/change-coin-dialog.js');
const AddCoinDialog = latePart(() => loadAdd().then(({ AddCoinDialog: found }) => found));
const ChangeCoinDialog = latePart(() => loadChange().then(({ ChangeCoinDialog: found }) => found));

type Open = { readonly kind: 'none' } | { readonly kind: 'add' } | { readonly kind: 'change'; readonly symbol: string };

const EmptyPortfolio = ({ onAdd }: { readonly onAdd: () => void }) => {
  const text = useText();
  return (
    <section className="card empty">
      <svg viewBox="0 0 160 80" className="empty-picture" aria-hidden="true">
        <path d="M8 62 40 44l24 10 28-32 22 14 38-26" />
        <circle cx="152" cy="10" r="6" />
      </svg>
      <h1>{text.emptyTitle}</h1>
      <p>{text.emptyText}</p>
      <button type="button" className="button primary" onClick={onAdd}>
        {text.addCoin}
      </button>
      <Freshness of={undefined} about="value" />
    </section>
  );
};

export const PortfolioPage = () => {
  const view = useLive((state) => state.view);
  const [open, setOpen] = useState<Open>({ kind: 'none' });
  const close = useCallback(() => setOpen({ kind: 'none' }), []);
  const add = useCallback(() => setOpen({ kind: 'add' }), []);
  const change = useCallback((symbol: string) => setOpen({ kind: 'change', symbol }), []);
  useSymbols();
  useDayBases();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <EmptyPortfolio onAdd={add} />
      ) : (
        <div className="portfolio">
          <TotalPanel view={view} />
          <ValuePanel total={view.total} asOfMs={view.asOfMs} />
          <CardBoundary>
            <Allocation rows={view.rows} total={view.total} />
          </CardBoundary>
          <CardBoundary>
            <CoinTable rows={view.rows} dayBasis={view.dayBasis} onChange={change} onAdd={add} />
          </CardBoundary>
        </div>
      )}
      <Suspense>
        {open.kind === 'add' && <AddCoinDialog onClose={close} />}
        {open.kind === 'change' && <ChangeCoinDialog symbol={open.symbol} onClose={close} />}
      </Suspense>
    </>
  );
};
