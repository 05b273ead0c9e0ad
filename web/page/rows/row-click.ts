import type { MouseEvent } from 'react';

// The link of a row is its name: the cells of figures lie above it, so that those can be selected and copied.

const isSelecting = (): boolean => getSelection()?.isCollapsed === false;

/** Opens a row whose figure was clicked, as its link would; not where somebody selected something. */
export const openRow = (event: MouseEvent<HTMLElement>): void => {
  const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (!(target instanceof Element) || target.closest('a, button') || isSelecting()) return;
  // With the middle button it opens elsewhere.
  const isElsewhere = event.type === 'auxclick' && event.button === 1;
  if (event.type === 'auxclick' && !isElsewhere) return;
  const keys = { ctrlKey: ctrlKey || isElsewhere, metaKey, shiftKey, altKey };
  const link = target.closest('tr')?.querySelector('a');
  link?.dispatchEvent(new globalThis.MouseEvent('click', { bubbles: true, cancelable: true, view: window, ...keys }));
};
