import { Suspense } from 'react';
import { latePart } from '../kit/late-part.js';

const ConfirmDialog = latePart(() => import('./confirm-dialog.js').then(({ ConfirmDialog: found }) => found));

interface QuestionProps {
  readonly title: string;
  readonly words: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone, and is gone as that begins: it may ask for proof itself. */
export const Question = ({ onConfirm, onClose, ...words }: QuestionProps) => (
  <Suspense>
    <ConfirmDialog
      {...words}
      onConfirm={() => {
        onConfirm();
        onClose();
      }}
      onClose={onClose}
    />
  </Suspense>
);
