import type { AggTrade } from '@tickfolio/gen/market/v1';
import type { Beginning, Known } from '../tape/trade-series.js';

/** Ids without a trade, both included: lost ones had one, which cannot be had; at the others the exchange has none. */
export interface Blank {
  readonly fromId: number;
  readonly toId: number;
  readonly isLost: boolean;
}

export type Row = AggTrade | Blank;

export const isTrade = (row: Row): row is AggTrade => 'price' in row;
const firstOf = (row: Row): number => (isTrade(row) ? row.id : row.fromId);
const lastOf = (row: Row): number => (isTrade(row) ? row.id : row.toId);

/** The rows at the front that were dropped are let go when there are so many. */
const slack = 1_024;

/** The newest trades of a symbol for as long as their ids go on from each other, in their order. */
export interface TradeRun {
  readonly how: Beginning['how'];
  /** From this id on everything is kept that is known; undefined before the first trade. */
  readonly floorId: number | undefined;
  /** First id of the newest row, or else of what comes. */
  readonly newestId: number | undefined;
  /** Time of the newest trade that is kept, epoch milliseconds. */
  readonly newestMs: number | undefined;
  readonly size: number;
  /** Rows come once and in any order; one below the floor is dropped, and so are the oldest past the bound. */
  add(row: Row): void;
  known(): Known;
  /** Nothing is added any more. */
  close(): void;
  readonly isClosed: boolean;
  /** Rows behind one id and up to another, ascending, at most so many. */
  after(id: number, throughId: number, most: number): readonly Row[];
  /** What came when this one was closed. */
  next: TradeRun | undefined;
}

/** @param most how many rows may be kept now */
export const createTradeRun = ({ how, lastId, known }: Omit<Beginning, 'newest'>, most: () => number): TradeRun => {
  let rows: Row[] = [];
  /** Place of the oldest row. */
  let head = 0;
  let floorId = lastId < 0 ? undefined : lastId + 1;
  let closedAt: Known | undefined;

  /** Place of the first row that ends behind this id. */
  const placeAfter = (id: number): number => {
    let [low, high] = [head, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lastOf(rows[middle] as Row) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const trim = () => {
    const bound = most();
    while (rows.length - head > bound) {
      floorId = lastOf(rows[head] as Row) + 1;
      head += 1;
    }
    if (head < slack) return;
    rows = rows.slice(head);
    head = 0;
  };
  const readKnown = (): Known => known(floorId ?? 0);

  const run: TradeRun = {
    how,
    get floorId() {
      return floorId;
    },
    get newestId() {
      const newest = rows.length > head ? rows.at(-1) : undefined;
      return newest ? firstOf(newest) : floorId;
    },
    get newestMs() {
      const newest = rows.slice(head).findLast(isTrade);
      return newest?.tradeTimeMs;
    },
    get size() {
      return rows.length - head;
    },
    add: (row) => {
      if (closedAt) return;
      floorId ??= firstOf(row);
      if (lastOf(row) < floorId) return;
      const newest = rows.length > head ? rows.at(-1) : undefined;
      if (!newest || firstOf(row) > lastOf(newest)) rows.push(row);
      else {
        const at = placeAfter(firstOf(row) - 1);
        if (firstOf(rows[at] as Row) > lastOf(row)) rows.splice(at, 0, row);
      }
      trim();
    },
    known: () => closedAt ?? readKnown(),
    close: () => {
      closedAt ??= readKnown();
    },
    get isClosed() {
      return closedAt !== undefined;
    },
    after: (id, throughId, count) => {
      const found: Row[] = [];
      for (let at = placeAfter(id); at < rows.length && found.length < count; at++) {
        const row = rows[at] as Row;
        if (lastOf(row) > throughId) break;
        found.push(row);
      }
      return found;
    },
    next: undefined,
  };
  return run;
};
