// What of a row can have the focus: its link and its buttons.

export const stopsOf = (row: Element | null | undefined): readonly HTMLElement[] => [
  ...(row?.querySelectorAll<HTMLElement>('a[href], button') ?? []),
];

export const rowOf = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('tr[data-row]') : null;

/** Which of a row's stops: the last of a row is the last in every row, however many come before it. */
export interface Stop {
  readonly index: number;
  readonly isLast: boolean;
}

export const stopOf = (row: Element, target: EventTarget): Stop | undefined => {
  const stops = stopsOf(row);
  const index = stops.indexOf(target as HTMLElement);
  return index < 0 ? undefined : { index, isLast: index > 0 && index === stops.length - 1 };
};

const elementOf = (row: Element | null | undefined, { index, isLast }: Stop): HTMLElement | undefined => {
  const stops = stopsOf(row);
  return isLast ? stops.at(-1) : stops[Math.min(index, stops.length - 1)];
};

/** Something of a row that can have the focus, also when the row is made anew. */
export interface Place {
  /** Of the row, its `data-row`. */
  readonly name: string;
  readonly stop: Stop;
}

export const placeOf = (target: EventTarget): Place | undefined => {
  const row = rowOf(target);
  const stop = row && stopOf(row, target);
  return stop ? { name: row.dataset.row ?? '', stop } : undefined;
};

/** What stands there now, if the row is drawn. */
export const stopAt = (within: ParentNode, { name, stop }: Place): HTMLElement | undefined =>
  elementOf(within.querySelector(`tr[data-row="${CSS.escape(name)}"]`), stop);

/** Whether it is in a menu or a dialog, which give the focus back to where they were opened. */
export const isOverPage = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role=dialog], [role=menu]') !== null;
