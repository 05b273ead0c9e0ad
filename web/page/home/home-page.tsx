import { Suspense } from 'react';
import { latePart } from '../kit/late-part.js';
import { ChangeDialog } from '../portfolio/changes/change-dialog.js';
import { HoldingsTable } from '../portfolio/table/holdings-table.js';
import { TotalPanel } from '../portfolio/total-panel.js';
import { useShownHoldings } from '../portfolio/use-shown-holdings.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { Skeleton } from '../shell/skeleton.js';
import { ValuePanel } from '../value/value-panel.js';

const Allocation = latePart(() => import('../portfolio/allocation.js').then(({ Allocation: found }) => found));
const HomeSide = latePart(() => import('./home-side.js').then(({ HomeSide: found }) => found));

const EmptyPortfolio = latePart(() =>
  import('../portfolio/empty-portfolio.js').then(({ EmptyPortfolio: found }) => found),
);
const NewcomerWays = latePart(() => import('../portfolios/newcomer-ways.js').then(({ NewcomerWays: found }) => found));

/** More of the holdings come when they are asked for. */
const maxRows = 20;

/** Home: what everything is worth, how it moved, and what it is made of. */
export const HomePage = () => {
  const { view, holdings, changes, changed, setChanged, onAdd } = useShownHoldings();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <Suspense fallback={<Skeleton />}>
          <EmptyPortfolio onAdd={onAdd}>
            {/* Its place is there before it, so that nothing moves. */}
            <Suspense fallback={<p className="empty-ways" />}>
              <NewcomerWays />
            </Suspense>
          </EmptyPortfolio>
        </Suspense>
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
                onAdd={onAdd}
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
