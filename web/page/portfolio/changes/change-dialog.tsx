import { Suspense } from 'react';
import { latePart } from '../../kit/late-part.js';
import type { ChangeOf } from './change-coin-dialog.js';

const ChangeCoinDialog = latePart(() => import('./change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => found));

interface ChangeDialogProps {
  /** Undefined while nothing is to be changed. */
  readonly of: ChangeOf | undefined;
  readonly onClose: () => void;
}

/** Asks how much is to be added or taken away, as soon as that is loaded. */
export const ChangeDialog = ({ of, onClose }: ChangeDialogProps) => (
  <Suspense>{of && <ChangeCoinDialog {...of} onClose={onClose} />}</Suspense>
);
