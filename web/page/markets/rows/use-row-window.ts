import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';
import type { Columns } from '../../portfolio/table/use-columns.js';

/** Of a row, in the letters that somebody chose in the browser; the style has the same. */
const rowRem: Readonly<Record<Columns, number>> = { all: 3, fewer: 3, phone: 4 };
/** Rows beyond each edge, which are there before they are scrolled to, and for the arrow keys. */
const overscan = 8;

const pxOfRem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Where an element begins in the document; what stands above it may become higher. */
const useTop = (element: RefObject<HTMLElement | null>): number => {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const next = element.current ? Math.round(element.current.getBoundingClientRect().top + scrollY) : top;
    if (next !== top) setTop(next);
  });
  return top;
};

/**
 * Which of so many rows of one height are drawn: those in the window, some around it, and the one that has the focus.
 * @param focusedAt undefined where none has it
 */
export const useRowWindow = (
  body: RefObject<HTMLElement | null>,
  count: number,
  columns: Columns,
  focusedAt: number | undefined,
) => {
  const scrollMargin = useTop(body);
  const rowPx = Math.round(rowRem[columns] * pxOfRem());
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      if (focusedAt === undefined || focusedAt >= count || shown.includes(focusedAt)) return shown;
      return [...shown, focusedAt].sort((a, b) => a - b);
    },
    [focusedAt, count],
  );
  const rows = useWindowVirtualizer({ count, estimateSize: () => rowPx, overscan, scrollMargin, rangeExtractor });
  useLayoutEffect(() => {
    if (rowPx > 0) rows.measure();
  }, [rows, rowPx]);
  return {
    heightPx: rows.getTotalSize(),
    rows: rows.getVirtualItems().map(({ index, start }) => ({ at: index, topPx: start - scrollMargin })),
  };
};
