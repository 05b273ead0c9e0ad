import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { MissingPage } from '../shell/missing-page.js';
import { openDialog } from '../shell/open-dialog.js';
import { Skeleton } from '../shell/skeleton.js';
import { useDayBases } from '../value/use-day-bases.js';
import type { ChangeOf } from './changes/change-coin-dialog.js';
import { ChangeDialog } from './changes/change-dialog.js';
import { useSymbols } from './changes/use-symbols.js';
import { EmptyPortfolio } from './empty-portfolio.js';
import { PortfolioHead } from './portfolio-head.js';
import { HoldingsTable } from './table/holdings-table.js';
import { useTrailSeeds } from './use-trail-seeds.js';

/** What it is called until there are more; services know it by that name too. */
const onlyPortfolio = 'default';

const addCoin = () => openDialog('add');

const Holdings = () => {
  const view = useLive((state) => state.view);
  const holdings = useLive((state) => state.holdings);
  const [changed, setChanged] = useState<ChangeOf>();
  useSymbols();
  useDayBases();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <EmptyPortfolio onAdd={addCoin} />
      ) : (
        <>
          <PortfolioHead view={view} />
          <CardBoundary>
            <HoldingsTable holdings={holdings} dayBasis={view.dayBasis} onChange={setChanged} onAdd={addCoin} />
          </CardBoundary>
        </>
      )}
      <ChangeDialog of={changed} onClose={() => setChanged(undefined)} />
    </>
  );
};

/** What one portfolio holds. */
export const HoldingsPage = () => {
  const { portfolio } = useParams({ from: '/portfolios/$portfolio' });
  return portfolio === onlyPortfolio ? <Holdings /> : <MissingPage />;
};
