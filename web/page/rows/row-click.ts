import type { MouseEvent } from 'react';

// The link of a row is its name: the cells of figures lie above it, so that those can be selected and copied.

/** Opens a row that was clicked beside its link as that would, elsewhere by the middle button; not who selects there. */
export const openRow = ({ target, type, button, nativeEvent }: MouseEvent<HTMLElement>): void => {
  if (!(target instanceof Element) || target.closest('a, button') || !getSelection()?.isCollapsed) return;
  if (type === 'auxclick' && button !== 1) return;
  target.closest('tr')?.querySelector('a')?.dispatchEvent(new globalThis.MouseEvent('click', nativeEvent));
};
