import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useDeferredValue, useLayoutEffect, useMemo, useState } from 'react';

/** Up to so many rows are all in the document, where the browser's own search finds them. */
const wholeUpTo = 60;
/** So many rows come and go together: most pictures of a scroll find everything there already. */
export const blockRows = 8;
/** Blocks beyond each edge, which are there before they are scrolled to. */
const overscan = 1;

/** Rows that lie in the document one after the other, as one body of the table. */
export interface RowBlock {
  readonly block: number;
  /** Its first row, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Room of rows that are not there, before it. */
  readonly gapPx: number;
}

export interface RowBlocks {
  readonly blocks: readonly RowBlock[];
  /** Room of rows that are not there, behind all that are. */
  readonly restPx: number;
  /** Taken as `ref` by each body, which carries its number as `data-index`. */
  readonly measure: (body: HTMLElement | null) => void;
  /** Scrolls to a row, which is there some pictures later. */
  readonly show: (at: number) => void;
}

/** Where the rows of a table begin in the document; what stands above it may become higher. */
const useTop = (table: RefObject<HTMLTableElement | null>): number => {
  const [topPx, setTopPx] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      const { current } = table;
      if (!current) return;
      setTopPx(Math.round(current.getBoundingClientRect().top + scrollY + (current.tHead?.offsetHeight ?? 0)));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [table]);
  return topPx;
};

interface RowsOptions {
  readonly count: number;
  /** How high a row is, or is likely to be. */
  readonly rowPx: number;
  /** Whether some may be of another height. */
  readonly isMeasured?: boolean;
  /** Draws every row, however many there are. */
  readonly isWhole?: boolean;
  /** A row that stays wherever one scrolls; below 0 for none. */
  readonly keptAt: number;
}

/**
 * Which rows of a long table are drawn: those in the window and some around it, in blocks. What comes into sight later
 * is drawn while nothing else is to be done.
 */
export const useRowBlocks = (table: RefObject<HTMLTableElement | null>, options: RowsOptions): RowBlocks => {
  const { count, rowPx, isMeasured = false, keptAt } = options;
  const isWhole = count <= wholeUpTo || options.isWhole === true;
  const blockCount = Math.ceil(count / blockRows);
  const kept = keptAt < 0 || keptAt >= count ? undefined : Math.floor(keptAt / blockRows);
  const scrollMargin = useTop(table);
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      return kept === undefined || shown.includes(kept) ? shown : [...shown, kept].sort((a, b) => a - b);
    },
    [kept],
  );
  const rows = useWindowVirtualizer({
    count: blockCount,
    estimateSize: (block) => Math.min(blockRows, count - block * blockRows) * rowPx,
    initialRect: { width: innerWidth, height: innerHeight },
    overscan,
    scrollMargin,
    rangeExtractor,
    enabled: !isWhole,
    useFlushSync: false,
  });
  useLayoutEffect(() => {
    if (!isMeasured && rowPx * count > 0) rows.measure();
  }, [rows, rowPx, count, isMeasured]);
  const now = rows.getVirtualIndexes();
  const ahead = useDeferredValue(now);
  const inSight = rows.range;
  const isThere = (block: number) => ahead.includes(block);
  // Nothing waits that is in sight.
  const drawn =
    inSight && isThere(inSight.startIndex) && isThere(inSight.endIndex) && (kept === undefined || isThere(kept))
      ? ahead
      : now;
  const places = rows.measurementsCache;
  const blocks = useMemo(() => {
    if (isWhole) return [{ block: 0, from: 0, to: count, gapPx: 0 }];
    let endPx = scrollMargin;
    return drawn.flatMap((block): RowBlock[] => {
      const place = places[block];
      if (!place) return [];
      const gapPx = place.start - endPx;
      endPx = place.end;
      return [{ block, from: block * blockRows, to: Math.min(count, (block + 1) * blockRows), gapPx }];
    });
  }, [isWhole, count, drawn, places, scrollMargin]);
  const lastPx = places[blocks.at(-1)?.block ?? 0]?.end ?? 0;
  const nothing = useCallback(() => undefined, []);
  return {
    blocks,
    restPx: isWhole ? 0 : Math.max(0, rows.getTotalSize() + scrollMargin - lastPx),
    measure: isMeasured && !isWhole ? rows.measureElement : nothing,
    show: useCallback((at) => rows.scrollToIndex(Math.floor(at / blockRows)), [rows]),
  };
};
