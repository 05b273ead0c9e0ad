import { useParams } from '@tanstack/react-router';
import { CardBoundary } from '../shell/card-boundary.js';
import { MissingPage } from '../shell/missing-page.js';
import { Skeleton } from '../shell/skeleton.js';
import { ChangeDialog } from './changes/change-dialog.js';
import { useSymbols } from './changes/use-symbols.js';
import { EmptyPortfolio } from './empty-portfolio.js';
import { PortfolioHead } from './portfolio-head.js';
import { HoldingsTable } from './table/holdings-table.js';
import { useShownHoldings } from './use-shown-holdings.js';
import { useTrailSeeds } from './use-trail-seeds.js';

/** What it is called until there are more; services know it by that name too. */
const onlyPortfolio = 'default';

const Holdings = () => {
  const { view, holdings, changed, setChanged, onAdd } = useShownHoldings();
  useSymbols();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <EmptyPortfolio onAdd={onAdd} />
      ) : (
        <>
          <PortfolioHead view={view} />
          <CardBoundary>
            <HoldingsTable holdings={holdings} dayBasis={view.dayBasis} onChange={setChanged} onAdd={onAdd} />
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
