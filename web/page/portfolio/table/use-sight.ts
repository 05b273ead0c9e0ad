import { type RefObject, useEffect, useReducer, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Holding } from '../../live/holdings.js';
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

/** A row of an asset, or below it one of its markets. */
const nameOf = ({ dataset: { asset, market } }: HTMLElement): string => asset ?? market ?? '';

/**
 * The rows in sight, by asset, or by symbol where they are of one market; they carry `data-seen` too, for the style.
 * @param rows which there are: each has to be watched
 */
const useSight = (body: RefObject<HTMLTableSectionElement | null>, rows: string): ReadonlySet<string> => {
  const [sight, setSight] = useState(none);
  useEffect(() => {
    const seen = new Set<string>();
    const look = (entries: readonly IntersectionObserverEntry[]) => {
      for (const { target, isIntersecting } of entries) {
        const row = target as HTMLElement;
        row.toggleAttribute('data-seen', isIntersecting);
        if (isIntersecting) seen.add(nameOf(row));
        else seen.delete(nameOf(row));
      }
      setSight(new Set(seen));
    };
    const observer = new IntersectionObserver(look, { rootMargin: margin });
    for (const row of (rows !== '' && body.current?.rows) || []) observer.observe(row);
    return () => observer.disconnect();
  }, [body, rows]);
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

const isPending = ({ rows }: Holding): boolean => rows.some(({ pending }) => pending);

/**
 * The holdings as they are to be drawn: those in sight as they are now, the others as they were a few seconds ago at
 * most. @param open those whose markets stand below them
 */
export const useHoldingsInSight = (
  holdings: readonly Holding[],
  open: ReadonlySet<string>,
  body: RefObject<HTMLTableSectionElement | null>,
): readonly Holding[] => {
  const { clock } = useParts();
  const marketsOf = ({ asset, rows }: Holding) => (open.has(asset) ? rows.map(({ symbol }) => symbol) : []);
  const names = holdings.map((holding) => [holding.asset, ...marketsOf(holding)].join(' '));
  const sight = useSight(body, names.sort().join(' '));
  const printing = usePrinting();
  const drawn = useRef<ReadonlyMap<string, Holding>>(new Map());
  const [turnsAt] = useState(() => createTurns(parts, spanMs));
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  const isTurnOf = turnsAt(clock.monotonic());
  const isSeen = (holding: Holding) => sight.has(holding.asset) || marketsOf(holding).some((one) => sight.has(one));
  const now = holdings.map((holding, at) => {
    const before = drawn.current.get(holding.asset);
    const waits = before && !printing && !isTurnOf(at) && !isSeen(holding);
    const isAsHeld = before?.quantity === holding.quantity && isPending(before) === isPending(holding);
    return waits && isAsHeld ? before : holding;
  });
  drawn.current = new Map(now.map((holding) => [holding.asset, holding]));
  const waiting = now.some((holding, at) => holding !== holdings[at]);
  // No push may come any more.
  useEffect(() => {
    if (!waiting) return;
    const timer = clock.after(spanMs, drawAgain);
    return () => timer.cancel();
  });
  return now;
};
