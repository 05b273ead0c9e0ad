import type { Trade } from './trade.js';

/** A trade as it is kept; the publishing time is not. */
export type KeptTrade = Omit<Trade, 'eventMs'>;

/**
 * The newest trades of one symbol. Ids are consecutive, so an id is a place. Bounded: past `capacity` the oldest is
 * forgotten.
 */
export interface TradeHistory {
  add(trade: Trade): void;
  /** Id of the oldest kept trade and one past the newest; equal while nothing is kept. */
  readonly startId: number;
  readonly endId: number;
  /** From `fromId` (or the oldest later one), oldest first. */
  from(fromId: number, limit: number): KeptTrade[];
  latest(limit: number): KeptTrade[];
  /** Trades with `startMs <= timeMs <= endMs`, oldest first. */
  between(startMs: number, endMs: number, limit: number): KeptTrade[];
}

const columns = 6;
const smallest = 64;

export const createTradeHistory = (capacity: number): TradeHistory => {
  // Columns id-implied: ticks, lots, firstId, lastId, timeMs, maker. Typed memory, so that 300 symbols × thousands of
  // trades stay small.
  let size = Math.min(smallest, capacity);
  let cells = new Float64Array(size * columns);
  let startId = 0;
  let endId = 0;
  const grow = () => {
    const nextSize = Math.min(size * 2, capacity);
    const next = new Float64Array(nextSize * columns);
    for (let id = startId; id < endId; id++)
      next.set(cells.subarray((id % size) * columns, (id % size) * columns + columns), (id % nextSize) * columns);
    cells = next;
    size = nextSize;
  };
  const at = (id: number): KeptTrade => {
    const c = (id % size) * columns;
    return {
      id,
      ticks: cells[c] ?? 0,
      lots: cells[c + 1] ?? 0,
      firstId: cells[c + 2] ?? 0,
      lastId: cells[c + 3] ?? 0,
      timeMs: cells[c + 4] ?? 0,
      buyerIsMaker: cells[c + 5] === 1,
    };
  };
  const range = (from: number, to: number): KeptTrade[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => at(from + i));
  /** The first id whose trade is not before `timeMs`; times never go back, so halving finds it. */
  const firstNotBefore = (timeMs: number): number => {
    let low = startId;
    let high = endId;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((cells[(middle % size) * columns + 4] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add: (trade) => {
      // A jump in ids (only a recording can have one) starts anew: what is kept must be without holes.
      if (trade.id !== endId) {
        startId = trade.id;
        endId = trade.id;
      }
      if (endId - startId === size) {
        if (size < capacity) grow();
        else startId++;
      }
      const c = (trade.id % size) * columns;
      cells[c] = trade.ticks;
      cells[c + 1] = trade.lots;
      cells[c + 2] = trade.firstId;
      cells[c + 3] = trade.lastId;
      cells[c + 4] = trade.timeMs;
      cells[c + 5] = trade.buyerIsMaker ? 1 : 0;
      endId++;
    },
    get startId() {
      return startId;
    },
    get endId() {
      return endId;
    },
    from: (fromId, limit) => {
      const first = Math.max(fromId, startId);
      return range(first, Math.min(endId, first + limit));
    },
    latest: (limit) => range(Math.max(startId, endId - limit), endId),
    between: (startMs, endMs, limit) => {
      const first = firstNotBefore(startMs);
      return range(first, Math.min(firstNotBefore(endMs + 1), first + limit));
    },
  };
};
