import { useSyncExternalStore } from 'react';

/** The dialogs that can be opened from anywhere. */
type OpenDialog = 'none' | 'search' | 'add' | 'keys' | 'receipt';

interface Opened {
  readonly name: OpenDialog;
  /** The symbol of the holding that it is about; undefined where it is about no single one. */
  readonly symbol?: string | undefined;
}

let opened: Opened = { name: 'none' };
const listeners = new Set<() => void>();

const open = (next: Opened): void => {
  opened = next;
  for (const listener of listeners) listener();
};

/** Opens one in place of another; `none` closes it. */
export const openDialog = (name: Exclude<OpenDialog, 'receipt'>): void => open({ name });

/** Shows how an amount comes about: the value of a holding, or the total. */
export const openReceipt = (symbol?: string): void => open({ name: 'receipt', symbol });

export const closeDialog = (): void => openDialog('none');

export const useOpenDialog = (): Opened =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => opened,
  );
