import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { fills, orders, sagas, tapePositions } from '../schema.js';
import type { OrderState, Position, PositionRow } from './records.js';

export const openStatus = inArray(orders.status, ['PENDING', 'NEW', 'PARTIALLY_FILLED']);

/** Undefined while nothing is known of the tape. */
export const positionOf = (row: PositionRow | undefined): Position | undefined => {
  if (!row) return undefined;
  const { lastTradeId, watermarkMs, lastTradeMs, lastPrice, askPrint, bidPrint, simulated } = row;
  const isKnown =
    lastTradeId !== null && watermarkMs !== null && lastTradeMs !== null && lastPrice !== null && askPrint !== null;
  if (!isKnown || bidPrint === null || simulated === null) return undefined;
  return { lastTradeId, watermarkMs, lastTradeMs, lastPrice, askPrint, bidPrint, simulated };
};

/** Locks the tape of an order's symbol, which comes before the order. */
export const readPosition = async (tx: Transaction, orderId: string): Promise<Position | undefined> => {
  const of = tx.select({ venue: orders.venue, symbol: orders.symbol }).from(orders).where(eq(orders.id, orderId));
  const [row] = await tx
    .select()
    .from(tapePositions)
    .where(sql`(${tapePositions.venue}, ${tapePositions.symbol}) = (${of})`)
    .for('update');
  return positionOf(row);
};

const atMs = (time: DatabaseTime) => sql<string>`floor(extract(epoch from ${time()}) * 1000)::bigint`;
const isUnsettled = (orderId: string) => and(eq(fills.orderId, orderId), isNull(fills.settledAt));

/** Locks an order and what is to be done for it. @param position of its tape, where that is locked */
export const lockOrder = async (
  tx: Transaction,
  time: DatabaseTime,
  orderId: string,
  position: Position | undefined,
): Promise<OrderState | undefined> => {
  const [row] = await tx
    .select({ order: orders, saga: sagas, atMs: atMs(time) })
    .from(orders)
    .innerJoin(sagas, eq(sagas.id, orders.id))
    .where(eq(orders.id, orderId))
    .for('update');
  if (!row) return undefined;
  const unsettled = await tx.select().from(fills).where(isUnsettled(orderId)).orderBy(asc(fills.tradeId));
  return { order: row.order, saga: row.saga, unsettled, position, at: new Date(Number(row.atMs)) };
};

/** The one order that is meant, without a lock. */
export const readOrder = async (
  db: Database,
  time: DatabaseTime,
  which: SQL | undefined,
): Promise<OrderState | undefined> => {
  const [row] = await db
    .select({ order: orders, saga: sagas, atMs: atMs(time) })
    .from(orders)
    .innerJoin(sagas, eq(sagas.id, orders.id))
    .where(which);
  if (!row) return undefined;
  const unsettled = await db.select().from(fills).where(isUnsettled(row.order.id)).orderBy(asc(fills.tradeId));
  return { order: row.order, saga: row.saga, unsettled, position: undefined, at: new Date(Number(row.atMs)) };
};
