import type { Timer } from '@tickfolio/client/clock';
import { useEffect } from 'react';
import { useParts } from '../parts.js';
import { isOverPage, type Place, placeOf, stopAt } from '../rows/row-stops.js';

/** Dialogs give the focus back within that, where what had it before them is still there. */
const leaveMs = 100;

interface Focused {
  readonly element: Element;
  /** Which row of the holdings it is in, from 0; below 0 for none. */
  readonly row: number;
}

const rows = () => [...document.querySelectorAll<HTMLTableRowElement>('tr[data-asset]')];

const focusedOf = (element: Element): Focused => {
  const row = element.closest<HTMLTableRowElement>('tr[data-asset]');
  return { element, row: row ? rows().indexOf(row) : -1 };
};

/**
 * Where one goes on: in the same row, which is made anew where it changes its place, at the row that took the place of
 * one that is gone, else at what the page is called; undefined while it is on its way.
 */
const nextOf = ({ row }: Focused, place: Place | undefined): HTMLElement | undefined => {
  const dialog = document.querySelector<HTMLElement>('[role=dialog]');
  if (dialog) return dialog;
  const same = place && stopAt(document, place);
  if (same) return same;
  const neighbour = row < 0 ? undefined : (rows()[row] ?? rows().at(-1));
  const next =
    neighbour?.querySelector<HTMLElement>('.cell-actions button') ?? document.querySelector<HTMLElement>('main h1');
  if (next?.tagName === 'H1') next.tabIndex = -1;
  return next ?? undefined;
};

/**
 * Keeps the focus on the page when what has it goes away: otherwise a keyboard begins anew at the top, and a screen
 * reader says nothing.
 */
export const useKeptFocus = (): void => {
  const { clock } = useParts();
  useEffect(() => {
    let last: Focused | undefined;
    /** Of the row, also while a menu or a dialog has the focus that was opened from there. */
    let place: Place | undefined;
    let leaving: Timer | undefined;
    const isLost = () => last !== undefined && !last.element.isConnected && document.activeElement === document.body;
    const look = () => {
      leaving = undefined;
      if (last !== undefined && isLost()) nextOf(last, place)?.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(() => {
      if (leaving === undefined && isLost()) leaving = clock.after(leaveMs, look);
    });
    const note = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return;
      last = focusedOf(target);
      if (!isOverPage(target)) place = placeOf(target);
    };
    document.addEventListener('focusin', note);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      leaving?.cancel();
      observer.disconnect();
      document.removeEventListener('focusin', note);
    };
  }, [clock]);
};
