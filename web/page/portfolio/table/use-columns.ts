import { useLayoutEffect, useReducer, useSyncExternalStore } from 'react';

/** How much of a coin there is room for; the style asks for the same widths of the page. */
export type Columns = 'all' | 'fewer' | 'phone';

const [fewerPx, phonePx] = [1_012, 752];

const columnsFor = (width: number): Columns => (width <= phonePx ? 'phone' : width <= fewerPx ? 'fewer' : 'all');

/** Without what surrounds the page, in CSS pixels, as the style measures it too. */
const widthOf = (main: Element): number => {
  const { paddingLeft, paddingRight } = getComputedStyle(main);
  return main.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
};

let known: Columns | undefined;

const subscribe = (listener: () => void) => {
  const main = document.querySelector('main');
  if (!main) return () => undefined;
  const observer = new ResizeObserver(([entry]) => {
    const next = columnsFor(entry?.contentRect.width ?? widthOf(main));
    if (next === known) return;
    known = next;
    listener();
  });
  observer.observe(main);
  return () => {
    observer.disconnect();
    known = undefined;
  };
};

const measure = (): Columns => {
  const main = document.querySelector('main');
  if (!main) return known ?? 'all';
  known ??= columnsFor(widthOf(main));
  return known;
};

/** What has no room is not made at all: a screen reader may not know the style of what is out of sight. */
export const useColumns = (): Columns => {
  const columns = useSyncExternalStore(subscribe, measure);
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  // Where everything comes at once, the page had no width yet; by now it has one, and nobody has seen anything.
  useLayoutEffect(() => {
    if (measure() !== columns) drawAgain();
  }, [columns]);
  return columns;
};
