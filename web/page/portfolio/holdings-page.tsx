import { useParams } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { MissingPage } from '../shell/missing-page.js';
import { openDialog } from '../shell/open-dialog.js';
import { Skeleton } from '../shell/skeleton.js';
import { useText } from '../text/language.js';
import { useDayBases } from '../value/use-day-bases.js';
import { useSymbols } from './changes/use-symbols.js';
import { EmptyPortfolio } from './empty-portfolio.js';
import { CoinTable } from './table/coin-table.js';
import { useTrailSeeds } from './use-trail-seeds.js';

const ChangeCoinDialog = latePart(() =>
  import('./changes/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => found),
);
/** What it is called until there are more; services know it by that name too. */
const onlyPortfolio = 'default';

const addCoin = () => openDialog('add');

const Holdings = () => {
  const text = useText();
  const view = useLive((state) => state.view);
  const [changed, setChanged] = useState<string>();
  useSymbols();
  useDayBases();
  useTrailSeeds();
  if (!view) return <Skeleton />;
  if (view.rows.length === 0) return <EmptyPortfolio onAdd={addCoin} />;
  return (
    <>
      <h1 className="visually-hidden">{text.places.portfolio}</h1>
      <CardBoundary>
        <CoinTable rows={view.rows} dayBasis={view.dayBasis} onChange={setChanged} onAdd={addCoin} />
      </CardBoundary>
      <Suspense>
        {changed !== undefined && <ChangeCoinDialog symbol={changed} onClose={() => setChanged(undefined)} />}
      </Suspense>
    </>
  );
};

/** What one portfolio holds. */
export const HoldingsPage = () => {
  const { portfolio } = useParams({ from: '/portfolios/$portfolio' });
  return portfolio === onlyPortfolio ? <Holdings /> : <MissingPage />;
};
