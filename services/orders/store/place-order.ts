import { orderEvents } from '@tickfolio/lib/events/order-events';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import { type Database, type DatabaseTime, type Transaction, transact } from '@tickfolio/lib/postgres';
import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import { inboxOf, orders, reviews, sagas, tapePositions } from '../schema.js';
import { eventOf } from './change.js';
import { openStatus, readOrder } from './order-rows.js';
import type { NewOrder, NotPlaced, OrderStore, PlaceBounds, Placed } from './order-store.js';

export interface PlaceOrderDeps {
  readonly db: Database;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
  /** So many milliseconds from now. */
  readonly after: (ms: number) => SQL;
}

/** What is done for one user waits for each other, over all replicas: names and numbers are counted in turn. */
export const lockUser = async (tx: Transaction, userId: string): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`orders of ${userId}`}, 0))`);
};

export const createPlaceOrder = ({
  db,
  append,
  time,
  after,
}: PlaceOrderDeps): Pick<OrderStore, 'place' | 'refuses'> => {
  /** Why it may not be stored. */
  const refusedBy = async (
    tx: Pick<Database, 'select'>,
    { userId, portfolioId, symbol }: Pick<NewOrder, 'userId' | 'portfolioId' | 'symbol'>,
    bounds: PlaceBounds,
  ): Promise<NotPlaced | undefined> => {
    const { erasedUsers } = inboxOf;
    const ofSecond = tx
      .select({ of: count() })
      .from(orders)
      // What was placed while the clock was ahead would count for as long as it was.
      .where(
        and(
          eq(orders.userId, userId),
          sql`${orders.createdAt} > ${time()} - interval '1 second' and ${orders.createdAt} < ${time()} + interval '1 second'`,
        ),
      );
    const open = tx
      .select({ all: count(), ofSymbol: sql`count(*) filter (where ${orders.symbol} = ${symbol})` })
      .from(orders)
      .where(and(eq(orders.portfolioId, portfolioId), openStatus));
    const counted = sql`(select all_open.*, (${ofSecond}) as of_second,
      exists (select from ${erasedUsers} where ${erasedUsers.userId} = ${userId}) as is_gone,
      exists (select from ${reviews} where ${reviews.portfolioId} = ${portfolioId}) as is_reviewed
      from (${open}) as all_open (open, of_symbol)) counted`;
    const [found] = await tx
      .select({
        open: sql<number>`counted.open::int`,
        ofSymbol: sql<number>`counted.of_symbol::int`,
        ofSecond: sql<number>`counted.of_second::int`,
        isGone: sql<boolean>`counted.is_gone`,
        isReviewed: sql<boolean>`counted.is_reviewed`,
      })
      .from(counted);
    if (!found) throw new Error('nothing was counted');
    if (found.isGone) return 'gone';
    if (found.isReviewed) return 'under-review';
    if (found.ofSecond >= bounds.maxASecond) return 'too-often';
    if (found.ofSymbol >= bounds.maxOpenOfSymbol) return 'too-many-of-symbol';
    return found.open >= bounds.maxOpenOfPortfolio ? 'too-many' : undefined;
  };

  const place: OrderStore['place'] = (order, bounds, leaseMs, requestId) =>
    transact(db, async (tx) => {
      await lockUser(tx, order.userId);
      const { userId, clientOrderId, venue, symbol } = order;
      const isOfName = and(eq(orders.userId, userId), eq(orders.clientOrderId, clientOrderId));
      const known = async (): Promise<Placed | undefined> => {
        const found = await readOrder(tx, time, isOfName);
        return found && { kind: 'known', order: found.order, unsettled: found.unsettled.length };
      };
      const why = await refusedBy(tx, order, bounds);
      if (why) return (await known()) ?? { kind: 'refused', why };
      const [made] = await tx
        .insert(orders)
        .values({ ...order, version: 1, createdAt: time(), updatedAt: time() })
        .onConflictDoNothing({ target: [orders.userId, orders.clientOrderId] })
        .returning();
      if (!made) {
        const found = await known();
        if (!found) throw new Error('an order was not stored');
        return found;
      }
      await tx.insert(tapePositions).values({ venue, symbol, revision: 0, updatedAt: time() }).onConflictDoNothing();
      await tx.insert(sagas).values({
        id: order.id,
        portfolioId: order.portfolioId,
        step: 'reserving',
        attempts: 1,
        nextAt: after(leaseMs),
        waitedMs: 0,
        stepAt: time(),
        updatedAt: time(),
      });
      await append(tx, orderEvents, [eventOf(made, 0, { type: 'order.created' }, requestId)]);
      return { kind: 'made', order: made, unsettled: 0 };
    });
  return { place, refuses: (order, bounds) => refusedBy(db, order, bounds) };
};
