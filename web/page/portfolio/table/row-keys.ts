import type { KeyboardEvent } from 'react';

const stopsOf = (row: Element | null | undefined): readonly HTMLElement[] => [
  ...(row?.querySelectorAll<HTMLElement>('a[href], button') ?? []),
];

/** Where a key leads from one of a row's stops; undefined where it leads nowhere. */
const nextOf = (row: Element, at: number, key: string): HTMLElement | undefined => {
  const stops = stopsOf(row);
  switch (key) {
    case 'ArrowRight':
      return stops[at + 1];
    case 'ArrowLeft':
      return stops[at - 1];
    case 'Home':
      return stops[0];
    case 'End':
      return stops.at(-1);
    case 'ArrowDown':
    case 'ArrowUp': {
      const others = stopsOf(key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling);
      // The last of a row is its menu in every row, however many come before it.
      return at === stops.length - 1 ? others.at(-1) : others[Math.min(at, others.length - 1)];
    }
    default:
      return undefined;
  }
};

/**
 * A row is one stop of Tab, its link; from there arrows lead to its buttons and to other rows. A hundred holdings would
 * be some hundreds of stops otherwise.
 */
export const moveInRows = (event: KeyboardEvent<HTMLTableSectionElement>): void => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!(event.target instanceof HTMLElement)) return;
  const row = event.target.closest('tr');
  const next = row && nextOf(row, stopsOf(row).indexOf(event.target), event.key);
  if (!next) return;
  event.preventDefault(); // The page stays where it is, but for bringing that into sight.
  next.focus();
};
