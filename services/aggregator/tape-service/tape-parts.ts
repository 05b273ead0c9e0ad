import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { aggTradeOf, type HistoryRow, isVoid } from '../tape/trade.js';
import { isTrade, type Row } from './trade-run.js';

/** A message with nothing in it. */
export const emptyPart = (watermarkMs: number): TapePart => ({
  trades: [],
  watermarkMs,
  hole: undefined,
  renumbered: false,
  voidIds: [],
});

/**
 * Messages that say these rows in their order: a hole begins one, because it is read before the trades beside it.
 * @param most trades in one
 */
export const partsOf = (rows: readonly Row[], watermarkMs: number, most: number): TapePart[] => {
  const parts: TapePart[] = [];
  let part = emptyPart(watermarkMs);
  const begin = (next: TapePart) => {
    if (!isEmpty()) parts.push(part);
    part = next;
  };
  const isEmpty = () => part.trades.length === 0 && part.voidIds.length === 0 && !part.hole;
  for (const row of rows) {
    if (part.trades.length >= most) begin(emptyPart(watermarkMs));
    if (isTrade(row)) part.trades.push(row);
    else if (!row.isLost) for (let id = row.fromId; id <= row.toId; id++) part.voidIds.push(id);
    else begin({ ...emptyPart(watermarkMs), hole: { fromId: row.fromId, toId: row.toId } });
  }
  if (!isEmpty()) parts.push(part);
  return parts;
};

/** The rows of a page of history between two ids, both included; what is missing before a row cannot be had. */
export const rowsOfPage = (page: readonly HistoryRow[], fromId: number, toId: number): Row[] => {
  const rows: Row[] = [];
  let nextId = fromId;
  const skipTo = (id: number) => {
    if (id > nextId) rows.push({ fromId: nextId, toId: id - 1, isLost: true });
  };
  for (const row of page) {
    if (row.id < nextId) continue;
    skipTo(Math.min(row.id, toId + 1));
    if (row.id > toId) return rows;
    rows.push(isVoid(row) ? { fromId: row.id, toId: row.id, isLost: false } : aggTradeOf(row));
    nextId = row.id + 1;
  }
  return rows;
};

/** Last id that rows say something of. */
export const throughOf = (rows: readonly Row[], before: number): number => {
  const last = rows.at(-1);
  if (!last) return before;
  return isTrade(last) ? last.id : last.toId;
};
