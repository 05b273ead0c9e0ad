import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { openRow } from './row-click.js';
import { isOverPage, type Place, placeOf, rowOf, type Stop, stopAt, stopOf, stopsOf } from './row-stops.js';
import type { ShowRow } from './rows-props.js';

/** Where a key leads from one of a row's stops to another of it; undefined where it leads nowhere there. */
const besideOf = (row: Element, { index }: Stop, key: string): HTMLElement | undefined => {
  const stops = stopsOf(row);
  const places: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    Home: 0,
    End: stops.length - 1,
  };
  return stops[places[key] ?? -1];
};

/** Of a window some rows stay, so that one sees where one was. */
const keptOfPage = 3;

/** Which row a key leads to; undefined where it leads to none. */
const nextAt = ({ key, ctrlKey, metaKey }: KeyboardEvent, row: HTMLElement, at: number, count: number) => {
  if (ctrlKey || metaKey) return key === 'Home' ? 0 : key === 'End' ? count - 1 : undefined;
  const page = Math.max(1, Math.floor(innerHeight / row.offsetHeight) - keptOfPage);
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
  const step = steps[key];
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, at + step));
};

interface RowKeysOptions {
  /** Of all rows, by what each carries as `data-row`. */
  readonly names: readonly string[];
  readonly show: ShowRow;
  /** Told the row that has the focus, or gets it back; undefined when the focus is elsewhere. */
  readonly onRow: (name: string | undefined) => void;
}

/**
 * Keys in a table whose rows are one stop of Tab each, their link: left, right, Home and End lead to the buttons of a
 * row; up, down, the page keys, and Ctrl with Home and End to other rows, also to those that are not in the document. A
 * row that is made anew at another place keeps the focus.
 */
export const useRowKeys = (table: RefObject<HTMLTableElement | null>, { names, show, onRow }: RowKeysOptions) => {
  const focused = useRef<Place & { readonly element: Element }>(undefined);
  /** Where the focus goes as soon as that is there. */
  const wanted = useRef<Place>(undefined);
  const focus = useCallback(
    (place: Place, how?: FocusOptions): boolean => {
      const element = table.current ? stopAt(table.current, place) : undefined;
      element?.focus(how);
      return element !== undefined;
    },
    [table],
  );
  const keep = useCallback(() => {
    const { current: last } = focused;
    if (!last || last.element.isConnected) return;
    focused.current = undefined;
    // Where one is on the page no price decides.
    if (document.activeElement !== document.body || !focus(last, { preventScroll: true })) onRow(undefined);
  }, [focus, onRow]);
  useLayoutEffect(keep);
  useLayoutEffect(keep);
  const onFocus = useCallback(
    ({ target }: FocusEvent) => {
      wanted.current = undefined;
      const place = placeOf(target);
      focused.current = place && { ...place, element: target };
      onRow(place?.name);
    },
    [onRow],
  );
  const onBlur = useCallback(() => {
    focused.current = undefined;
  }, []);
  // The row stays while a menu or a dialog that was opened from it has the focus, which comes back to it.
  useEffect(() => {
    const note = ({ target }: globalThis.FocusEvent) => {
      if (target instanceof Node && !table.current?.contains(target) && !isOverPage(target)) onRow(undefined);
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, [table, onRow]);
  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLTableElement>) => {
      const { target, key, altKey, shiftKey, ctrlKey, metaKey } = event;
      wanted.current = undefined;
      const row = rowOf(target);
      const stop = row && stopOf(row, target);
      if (!stop || altKey || shiftKey) return;
      const beside = ctrlKey || metaKey ? undefined : besideOf(row, stop, key);
      const at = names.indexOf(row.dataset.row ?? '');
      const next = nextAt(event, row, at, names.length) ?? at;
      const name = names[next];
      if (!beside && (next === at || name === undefined)) return;
      event.preventDefault(); // The page stays where it is, but for bringing that into sight.
      if (beside) beside.focus();
      else if (name !== undefined && !focus({ name, stop })) {
        const place = { name, stop };
        wanted.current = place;
        show.current?.(next, () => wanted.current !== place || focus(place));
      }
    },
    [names, show, focus],
  );
  return { keep, keys: { onFocus, onBlur, onKeyDown, onClick: openRow, onAuxClick: openRow } };
};
