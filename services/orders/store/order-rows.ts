import { isZero, parseDecimal } from '@tickfolio/lib/money';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { fills, orders, sagas, tapePositions } from '../schema.js';
import {
  type FillRow,
  type OrderRow,
  type OrderState,
  type Position,
  type PositionRow,
  positionFor,
  type TapeState,
} from './records.js';

export const openStatus = inArray(orders.status, ['PENDING', 'NEW', 'PARTIALLY_FILLED']);

/** Undefined while nothing is known of the tape. */
const positionOf = (row: PositionRow | undefined): Position | undefined => {
  if (!row) return undefined;
  const { epoch, lastTradeId, watermarkMs, lastTradeMs, lastPrice, askPrint, bidPrint, simulated } = row;
  const isKnown =
    lastTradeId !== null && watermarkMs !== null && lastTradeMs !== null && lastPrice !== null && askPrint !== null;
  if (!isKnown || bidPrint === null || simulated === null) return undefined;
  return { epoch, lastTradeId, watermarkMs, lastTradeMs, lastPrice, askPrint, bidPrint, simulated };
};

export const tapeOf = (row: PositionRow | undefined): TapeState => ({
  position: positionOf(row),
  ahead: row?.ahead ?? undefined,
});

/** Locks the tape of an order's symbol, which comes before the order. */
export const readTape = async (tx: Transaction, orderId: string): Promise<TapeState> => {
  const of = tx.select({ venue: orders.venue, symbol: orders.symbol }).from(orders).where(eq(orders.id, orderId));
  const [row] = await tx
    .select()
    .from(tapePositions)
    .where(sql`(${tapePositions.venue}, ${tapePositions.symbol}) = (${of})`)
    .for('update');
  return tapeOf(row);
};

const atMs = (time: DatabaseTime) => sql<string>`floor(extract(epoch from ${time()}) * 1000)::bigint`;
/** Of one without fills, which most are, nobody is asked. */
const unsettledOf = async (
  db: Database | Transaction,
  { id, filledQuantity }: OrderRow,
): Promise<readonly FillRow[]> =>
  isZero(parseDecimal(filledQuantity))
    ? []
    : db
        .select()
        .from(fills)
        .where(and(eq(fills.orderId, id), isNull(fills.settledAt)))
        .orderBy(asc(fills.epoch), asc(fills.tradeId));

/** Locks an order and what is to be done for it. @param tape its own, where that is locked */
export const lockOrder = async (
  tx: Transaction,
  time: DatabaseTime,
  orderId: string,
  tape: TapeState | undefined,
): Promise<OrderState | undefined> => {
  const [row] = await tx
    .select({ order: orders, saga: sagas, atMs: atMs(time) })
    .from(orders)
    .innerJoin(sagas, eq(sagas.id, orders.id))
    .where(eq(orders.id, orderId))
    .for('update');
  if (!row) return undefined;
  const unsettled = await unsettledOf(tx, row.order);
  const position = tape && positionFor(tape, row.order.portfolioId);
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
  const unsettled = await unsettledOf(db, row.order);
  return { order: row.order, saga: row.saga, unsettled, position: undefined, at: new Date(Number(row.atMs)) };
};
