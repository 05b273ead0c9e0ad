import {
  useCallback,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { blockAt, blockRows, blocksAround, placesOf, type Sight } from './row-places.js';
import type { RowsProps } from './rows-props.js';
import { role } from './table-roles.js';
import { usePrinting } from './use-printing.js';

/** The heights of bodies that are there and of those that were, where they are not as high as is likely. */
const useHeights = (rowPx: number) => {
  const [heights, setHeights] = useState<ReadonlyMap<number, number>>(new Map());
  // Rows of another height are laid out in another way: what is known of them says nothing any more.
  useLayoutEffect(() => setHeights((before) => (rowPx > 0 && before.size > 0 ? new Map() : before)), [rowPx]);
  const observer = useMemo(
    () =>
      new ResizeObserver((entries) =>
        setHeights((before) => {
          const news = entries.flatMap(({ target, borderBoxSize: [box] }) => {
            const { rows, dataset } = target as HTMLTableSectionElement;
            const [block, px] = [Number(dataset.block), box?.blockSize ?? 0];
            return px > 0 && Math.abs(px - (before.get(block) ?? rows.length * rowPx)) >= 1
              ? [[block, px] as const]
              : [];
          });
          return news.length === 0 ? before : new Map([...before, ...news]);
        }),
      ),
    [rowPx],
  );
  const measure = useCallback(
    (body: HTMLElement | null) => {
      if (!body) return;
      observer.observe(body);
      return () => observer.unobserve(body);
    },
    [observer],
  );
  return [heights, measure] as const;
};

/** The blocks in sight. A scroll within them draws nothing, and asks the browser for nothing but how far one scrolled. */
const useSight = (places: readonly number[], { table, rowPx, show }: RowsProps): Sight => {
  /** Where the rows begin in the document. */
  const topPx = useRef(0);
  const [sight, setSight] = useState<Sight>({ first: 0, last: Math.ceil(innerHeight / (rowPx * blockRows)) });
  const last = useRef(sight);
  const look = useCallback(() => {
    const fromPx = scrollY - topPx.current;
    const next = { first: blockAt(places, fromPx), last: blockAt(places, fromPx + innerHeight) };
    if (next.first === last.current.first && next.last === last.current.last) return;
    last.current = next;
    setSight(next);
  }, [places]);
  useLayoutEffect(() => {
    const find = () => {
      const { current } = table;
      if (!current) return;
      topPx.current = current.getBoundingClientRect().top + scrollY + (current.tHead?.offsetHeight ?? 0);
      look();
    };
    find();
    // What stands above the rows may become higher.
    const observer = new ResizeObserver(find);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [table, look]);
  useEffect(() => {
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [look]);
  const waiting = useRef<() => boolean>(undefined);
  useLayoutEffect(() => {
    if (waiting.current?.()) waiting.current = undefined;
  });
  useImperativeHandle(show, () => (at, then) => {
    waiting.current = then;
    const rowTopPx = topPx.current + (places[Math.floor(at / blockRows)] ?? 0) + (at % blockRows) * rowPx;
    scrollTo({ top: rowTopPx - innerHeight / 2, behavior: 'instant' });
    look();
  });
  return sight;
};

/**
 * Of a long table the rows in the window and some around it, in bodies that come and go as a whole. What comes into
 * sight later is drawn while nothing else is to be done.
 */
export const LongRows = (props: RowsProps) => {
  const { count, rowPx, keptAt, isPrintedWhole, onDrawn, children } = props;
  useLayoutEffect(onDrawn);
  const [heights, measure] = useHeights(rowPx);
  const places = useMemo(() => placesOf(count, rowPx, heights), [count, rowPx, heights]);
  const { first, last } = useSight(places, props);
  const blockCount = places.length - 1;
  const kept = keptAt < 0 ? undefined : Math.floor(keptAt / blockRows);
  const isWhole = usePrinting() && isPrintedWhole;
  const now = useMemo(
    () => blocksAround(isWhole ? { first: 0, last: blockCount } : { first, last }, kept, blockCount),
    [isWhole, first, last, kept, blockCount],
  );
  const ahead = useDeferredValue(now);
  const isSeen = (block: number) => block >= first && block <= last;
  // Nothing waits that is in sight.
  const isReady = now.every((block) => ahead.includes(block) || !(isWhole || isSeen(block) || block === kept));
  const drawn = (isReady ? ahead : now).filter((block) => block < blockCount);
  const startPx = (block: number | undefined) => places[block ?? blockCount] ?? 0;
  return drawn.map((block, place) => {
    const before = drawn[place - 1];
    // Room of the rows that are not there.
    const marginTop = startPx(block) - (before === undefined ? 0 : startPx(before + 1));
    const marginBottom = place === drawn.length - 1 ? startPx(blockCount) - startPx(block + 1) : 0;
    return (
      <tbody
        key={block}
        ref={measure}
        data-block={block}
        data-seen={isSeen(block) || undefined}
        style={{ marginTop, marginBottom }}
        {...role.rowgroup}
      >
        {children(block * blockRows, Math.min(count, (block + 1) * blockRows))}
      </tbody>
    );
  });
};
