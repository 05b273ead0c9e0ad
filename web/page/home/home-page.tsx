import { Suspense, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import type { ChangeOf } from '../portfolio/changes/change-coin-dialog.js';
import { ChangeDialog } from '../portfolio/changes/change-dialog.js';
import { EmptyPortfolio } from '../portfolio/empty-portfolio.js';
import { HoldingsTable } from '../portfolio/table/holdings-table.js';
import { TotalPanel } from '../portfolio/total-panel.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { openDialog } from '../shell/open-dialog.js';
import { Skeleton } from '../shell/skeleton.js';
import { useDayBases } from '../value/use-day-bases.js';
import { ValuePanel } from '../value/value-panel.js';

const Allocation = latePart(() => import('../portfolio/allocation.js').then(({ Allocation: found }) => found));
const HomeSide = latePart(() => import('./home-side.js').then(({ HomeSide: found }) => found));

/** More of the holdings come when they are asked for. */
const maxRows = 20;

const add = () => openDialog('add');

/** Home: what everything is worth, how it moved, and what it is made of. */
export const HomePage = () => {
  const view = useLive((state) => state.view);
  const holdings = useLive((state) => state.holdings);
  const [changed, setChanged] = useState<ChangeOf>();
  const changes = useDayBases();
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
              {/* Its place is there before it, so that nothing moves. */}
              <Suspense fallback={<section className="card allocation" />}>
                <Allocation holdings={holdings} total={view.total} />
              </Suspense>
            </CardBoundary>
            <CardBoundary>
              <HoldingsTable
                holdings={holdings}
                dayBasis={view.dayBasis}
                most={maxRows}
                onChange={setChanged}
                onAdd={add}
              />
            </CardBoundary>
          </div>
          <div className="home-side">
            <CardBoundary>
              <Suspense>
                <HomeSide view={view} holdings={holdings} changes={changes} />
              </Suspense>
            </CardBoundary>
          </div>
        </div>
      )}
      <ChangeDialog of={changed} onClose={() => setChanged(undefined)} />
    </>
  );
};
