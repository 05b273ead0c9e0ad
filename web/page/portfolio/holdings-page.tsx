import type { ReactNode } from 'react';
import { CardBoundary } from '../shell/card-boundary.js';
import { Skeleton } from '../shell/skeleton.js';
import { ChangeDialog } from './changes/change-dialog.js';
import { useSymbols } from './changes/use-symbols.js';
import { EmptyPortfolio } from './empty-portfolio.js';
import { PortfolioHead } from './portfolio-head.js';
import { HoldingsTable } from './table/holdings-table.js';
import { useShownHoldings } from './use-shown-holdings.js';
import { useTrailSeeds } from './use-trail-seeds.js';

interface HoldingsPageProps {
  /** Of the portfolio. */
  readonly name: string;
  /** Leads on from where nothing is held. */
  readonly more: ReactNode;
}

/** What is owned, as it is live everywhere. */
export const HoldingsPage = ({ name, more }: HoldingsPageProps) => {
  const { view, holdings, changed, setChanged, onAdd } = useShownHoldings();
  useSymbols();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  return (
    <>
      {view.rows.length === 0 ? (
        <EmptyPortfolio onAdd={onAdd}>{more}</EmptyPortfolio>
      ) : (
        <>
          <PortfolioHead name={name} view={view} />
          <CardBoundary>
            <HoldingsTable holdings={holdings} dayBasis={view.dayBasis} onChange={setChanged} onAdd={onAdd} />
          </CardBoundary>
        </>
      )}
      <ChangeDialog of={changed} onClose={() => setChanged(undefined)} />
    </>
  );
};
