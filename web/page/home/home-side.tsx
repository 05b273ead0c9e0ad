import { useEffect, useState } from 'react';
import type { Holding } from '../live/holdings.js';
import type { PortfolioView } from '../live/portfolio-view.js';
import { useOpenOrders } from '../orders/use-orders.js';
import { usePace, useParts } from '../parts.js';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { useTrailSeeds } from '../portfolio/use-trail-seeds.js';
import { CardBoundary } from '../shell/card-boundary.js';
import type { ChangesReading } from '../value/use-day-bases.js';
import { AttentionList } from './attention-list.js';
import { MoverList } from './mover-list.js';

/** Within this an answer is in the figures. */
const settledMs = 100;
/** What needs attention waits no longer for one. */
const maxWaitMs = 2_000;

/** How often it is asked which orders wait. */
const ordersPaceMs = 30_000;
const noneWaiting: readonly never[] = [];

/** Whether what was being read is there since a moment, or does not come soon; stays so when it is read again. */
const useSettled = (isLoading: boolean): boolean => {
  const { clock } = useParts();
  const [isSettled, setSettled] = useState(!isLoading);
  useEffect(() => {
    if (isSettled) return undefined;
    const timer = clock.after(isLoading ? maxWaitMs : settledMs, () => setSettled(true));
    return () => timer.cancel();
  }, [isSettled, isLoading, clock]);
  return isSettled;
};

interface HomeSideProps {
  readonly view: PortfolioView;
  readonly holdings: readonly Holding[];
  /** Whether the prices that changes are counted from can be read. */
  readonly changes: ChangesReading;
}

/**
 * What stands beside the holdings, or below them where there is no room: loaded after the first picture. So is what the
 * holdings themselves can wait for: the steps of their prices, and the prices of their last day.
 */
export const HomeSide = ({ view, holdings, changes }: HomeSideProps) => {
  useSymbols();
  useTrailSeeds();
  const { query, orders: waiting = noneWaiting } = useOpenOrders(usePace(ordersPaceMs));
  // All at once: a notice that comes with the first changes would push the movers aside.
  if (!useSettled(changes.isLoading || query.isPending)) return null;
  return (
    <>
      <CardBoundary>
        <AttentionList {...{ holdings, waiting }} simulated={view.simulated} asOfMs={view.asOfMs} />
      </CardBoundary>
      <CardBoundary>
        <MoverList holdings={holdings} basis={view.dayBasis.basis} changes={changes} asOfMs={view.asOfMs} />
      </CardBoundary>
    </>
  );
};
