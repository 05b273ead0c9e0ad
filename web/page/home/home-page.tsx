import { Suspense, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import { Allocation } from '../portfolio/allocation.js';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { EmptyPortfolio } from '../portfolio/empty-portfolio.js';
import { CoinTable } from '../portfolio/table/coin-table.js';
import { TotalPanel } from '../portfolio/total-panel.js';
import { useTrailSeeds } from '../portfolio/use-trail-seeds.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { openDialog } from '../shell/open-dialog.js';
import { Skeleton } from '../shell/skeleton.js';
import { useDayBases } from '../value/use-day-bases.js';
import { ValuePanel } from '../value/value-panel.js';

const HomeSide = latePart(() => import('./home-side.js').then(({ HomeSide: found }) => found));
const ChangeCoinDialog = latePart(() =>
  import('../portfolio/changes/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => found),
);

const add = () => openDialog('add');

/** Home: what everything is worth, how it moved, and what it is made of. */
export const HomePage = () => {
  const view = useLive((state) => state.view);
  const [changed, setChanged] = useState<string>();
  useSymbols();
  useDayBases();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <EmptyPortfolio onAdd={add} />
      ) : (
        <div className="home">
          <div className="portfolio">
            <TotalPanel view={view} />
            <ValuePanel total={view.total} asOfMs={view.asOfMs} />
            <CardBoundary>
              <Allocation rows={view.rows} total={view.total} />
            </CardBoundary>
            <CardBoundary>
              <CoinTable rows={view.rows} dayBasis={view.dayBasis} onChange={setChanged} onAdd={add} />
            </CardBoundary>
          </div>
          <div className="home-side">
            <CardBoundary>
              <Suspense>
                <HomeSide view={view} />
              </Suspense>
            </CardBoundary>
          </div>
        </div>
      )}
      <Suspense>
        {changed !== undefined && <ChangeCoinDialog symbol={changed} onClose={() => setChanged(undefined)} />}
      </Suspense>
    </>
  );
};
