import { useSyncExternalStore } from 'react';
import { keepTyped, takeTyped } from './typed-ahead.js';

/** The dialogs that can be opened from anywhere. */
type OpenDialog = 'none' | 'search' | 'add' | 'portfolio' | 'keys' | 'receipt';

/** What a receipt is about: an asset as a whole, or what is held of it through one market. */
export type ReceiptOf = { readonly asset: string } | { readonly symbol: string };

interface Opened {
  readonly name: OpenDialog;
  /** Of a receipt; undefined for that of the total. */
  readonly of?: ReceiptOf | undefined;
  /** Another portfolio than the default one. */
  readonly portfolioId?: string | undefined;
}

let opened: Opened = { name: 'none' };
const listeners = new Set<() => void>();

const open = (next: Opened): void => {
  opened = next;
  if (next.name === 'search' || next.name === 'add') keepTyped(() => open({ name: 'none' }));
  else takeTyped();
  for (const listener of listeners) listener();
};

/** Opens one in place of another; `none` closes it. */
export const openDialog = (name: Exclude<OpenDialog, 'receipt'>): void => open({ name });

/**
 * Shows how an amount comes about: the value of a holding, or the total.
 * @param portfolioId of another portfolio than the default one
 */
export const openReceipt = (of?: ReceiptOf, portfolioId?: string): void => open({ name: 'receipt', of, portfolioId });

export const closeDialog = (): void => openDialog('none');

export const useOpenDialog = (): Opened =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => opened,
  );
