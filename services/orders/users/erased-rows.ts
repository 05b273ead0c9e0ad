import { streams } from '@tickfolio/lib/events/streams';
import type { ErasePiece } from '@tickfolio/lib/outbox/inbox';
import type { Transaction } from '@tickfolio/lib/postgres';
import { eq, inArray } from 'drizzle-orm';
import { fills, orderOutbox, orders, reviews, sagas } from '../schema.js';

/** Nobody should have an embedded database for long. */
const pieceRows = 500;
/** With what was told of each. */
const pieceOrders = 100;

/** Locked as whoever fills or settles them locks them, so that none of that comes in between. */
const someOrders = async (tx: Transaction, userId: string): Promise<readonly string[]> => {
  const rows = await tx
    .select({ id: orders.id })
    .from(orders)
    .where(eq(orders.userId, userId))
    .orderBy(orders.id)
    .limit(pieceOrders)
    .for('update');
  return rows.map(({ id }) => id);
};

/** Fills first, of which an order may have thousands. */
const eraseFills: ErasePiece = async (tx, userId) => {
  const ids = await someOrders(tx, userId);
  if (ids.length === 0) return 0;
  const some = tx
    .select({ id: fills.id })
    .from(fills)
    .where(inArray(fills.orderId, [...ids]))
    .limit(pieceRows);
  return (await tx.delete(fills).where(inArray(fills.id, some)).returning({ id: fills.id })).length;
};

/**
 * Orders with what is to be done for them and what was told: what they have in a portfolio goes with it, so nothing is
 * given back.
 */
const eraseOrders: ErasePiece = async (tx, userId) => {
  // Of these orders; the pieces before have looked at the first ones only.
  const gone = await eraseFills(tx, userId);
  if (gone > 0) return gone;
  const ids = await someOrders(tx, userId);
  if (ids.length === 0) return 0;
  const own = [...ids];
  await tx.delete(sagas).where(inArray(sagas.id, own));
  await tx.delete(reviews).where(inArray(reviews.orderId, own));
  const { events } = orderOutbox;
  await tx.delete(events).where(inArray(events.stream, own.map(streams.order)));
  return (await tx.delete(orders).where(inArray(orders.id, own)).returning({ id: orders.id })).length;
};

export const pieces: readonly ErasePiece[] = [eraseFills, eraseOrders];
