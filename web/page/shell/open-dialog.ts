import { useSyncExternalStore } from 'react';

/** The dialogs that can be opened from anywhere. */
export type OpenDialog = 'none' | 'search' | 'add' | 'keys';

let open: OpenDialog = 'none';
const listeners = new Set<() => void>();

/** Opens one in place of another; `none` closes it. */
export const openDialog = (next: OpenDialog): void => {
  open = next;
  for (const listener of listeners) listener();
};

export const closeDialog = (): void => openDialog('none');

export const useOpenDialog = (): OpenDialog =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => open,
  );
