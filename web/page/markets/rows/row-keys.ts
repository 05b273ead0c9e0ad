import type { KeyboardEvent } from 'react';

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/**
 * Arrow keys in a table whose rows are one stop of Tab each: up and down to the same part of the next row, left and
 * right among the parts of a row. The next row is there, because some around the visible ones are.
 */
export const moveByArrows = (event: KeyboardEvent<HTMLElement>): void => {
  const { key, currentTarget, target } = event;
  if (!(target instanceof Element) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = target.closest<HTMLElement>('tr[data-at]');
  const part = target.closest<HTMLElement>('a, button');
  if (!row || !part) return;
  const partsOf = (of: Element) => [...of.querySelectorAll<HTMLElement>('a, button')];
  const at = partsOf(row).indexOf(part);
  const step = steps[key];
  const other =
    step === undefined ? row : currentTarget.querySelector(`tr[data-at="${Number(row.dataset.at) + step}"]`);
  const parts = other ? partsOf(other) : [];
  const next =
    step !== undefined
      ? (parts[at] ?? parts[0])
      : parts[at + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0)];
  if (!next || next === part) return;
  event.preventDefault();
  next.focus();
};
