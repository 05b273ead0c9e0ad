import { type RefObject, useEffect, useRef, useState } from 'react';
import { heldSymbols } from '../live/held-symbols.js';
import type { Row } from '../live/portfolio-view.js';

/** Rows so near to what is seen count as seen. */
const margin = '160px';
/** Rows out of sight take turns: each is drawn anew with every so many pushes. */
const turns = 8;
const none: ReadonlySet<string> = new Set();

/** The rows in sight, by symbol; they carry `data-seen` too, for the style. @param held which rows there are: each has to be watched */
const useSight = (body: RefObject<HTMLTableSectionElement | null>, held: string): ReadonlySet<string> => {
  const [sight, setSight] = useState(none);
  useEffect(() => {
    const seen = new Set<string>();
    const look = (entries: readonly IntersectionObserverEntry[]) => {
      for (const { target, isIntersecting } of entries) {
        const row = target as HTMLElement;
        row.toggleAttribute('data-seen', isIntersecting);
        if (isIntersecting) seen.add(row.dataset.symbol ?? '');
        else seen.delete(row.dataset.symbol ?? '');
      }
      setSight(new Set(seen));
    };
    const observer = new IntersectionObserver(look, { rootMargin: margin });
    for (const row of (held !== '' && body.current?.rows) || []) observer.observe(row);
    return () => observer.disconnect();
  }, [body, held]);
  return sight;
};

/** The rows as they are to be drawn: those in sight as they are now, the others as they were a few pushes ago at most. */
export const useRowsInSight = (rows: readonly Row[], body: RefObject<HTMLTableSectionElement | null>): readonly Row[] => {
  const sight = useSight(body, heldSymbols(rows));
  const drawn = useRef<ReadonlyMap<string, Row>>(new Map());
  const turn = useRef(0);
  turn.current = (turn.current + 1) % turns;
  const now = rows.map((row, at) => {
    const before = drawn.current.get(row.symbol);
    const waits = before && at % turns !== turn.current && !sight.has(row.symbol);
    return waits && before.quantity === row.quantity && before.pending === row.pending ? before : row;
  });
  drawn.current = new Map(now.map((row) => [row.symbol, row]));
  return now;
};
