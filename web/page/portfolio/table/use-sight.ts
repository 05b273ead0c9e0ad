import { type RefObject, useEffect, useReducer, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { heldSymbols } from '../../live/held-symbols.js';
import type { Row } from '../../live/portfolio-view.js';
import { useParts } from '../../parts.js';
import { createTurns } from './turns.js';

/** Rows so near to what is seen count as seen. */
const margin = '160px';
/**
 * Rows out of sight take turns, so many parts of them within so long: who searches the page or reads ahead finds
 * figures of now.
 */
const [parts, spanMs] = [8, 3_000];
const none: ReadonlySet<string> = new Set();

/**
 * The rows in sight, by symbol; they carry `data-seen` too, for the style. @param held which rows there are: each has
 * to be watched
 */
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

/** Whether the page is being printed, which shows every row; what calls it draws at once. */
const usePrinting = (): boolean => {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return printing;
};

/**
 * The rows as they are to be drawn: those in sight as they are now, the others as they were a few seconds ago at most.
 */
export const useRowsInSight = (
  rows: readonly Row[],
  body: RefObject<HTMLTableSectionElement | null>,
): readonly Row[] => {
  const { clock } = useParts();
  const sight = useSight(body, heldSymbols(rows));
  const printing = usePrinting();
  const drawn = useRef<ReadonlyMap<string, Row>>(new Map());
  const [turnsAt] = useState(() => createTurns(parts, spanMs));
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  const isTurnOf = turnsAt(clock.monotonic());
  const now = rows.map((row, at) => {
    const before = drawn.current.get(row.symbol);
    const waits = before && !printing && !isTurnOf(at) && !sight.has(row.symbol);
    return waits && before.quantity === row.quantity && before.pending === row.pending ? before : row;
  });
  drawn.current = new Map(now.map((row) => [row.symbol, row]));
  const waiting = now.some((row, at) => row !== rows[at]);
  // No push may come any more.
  useEffect(() => {
    if (!waiting) return;
    const timer = clock.after(spanMs, drawAgain);
    return () => timer.cancel();
  });
  return now;
};
