import { useState } from 'react';
import { useLive } from '../parts.js';
import { openDialog } from '../shell/open-dialog.js';
import { useDayBases } from '../value/use-day-bases.js';
import type { ChangeOf } from './changes/change-coin-dialog.js';

const onAdd = () => openDialog('add');

/** What is held, as a page of it shows it, with its changes, and what of it is being changed. */
export const useShownHoldings = () => {
  const view = useLive((state) => state.view);
  const holdings = useLive((state) => state.holdings);
  const changes = useDayBases();
  const [changed, setChanged] = useState<ChangeOf>();
  return { view, holdings, changes, changed, setChanged, onAdd };
};
