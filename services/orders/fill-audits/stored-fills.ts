import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, inArray, ne } from 'drizzle-orm';
import { fills, orders, tapePositions } from '../schema.js';
import type { StoredFills } from './fill-audit.js';

/** Of one order, as stored. @returns undefined where there is none of that id */
export const readStoredFills = async (db: Database, orderId: string): Promise<StoredFills | undefined> => {
  const [order] = await db.select().from(orders).where(eq(orders.id, orderId));
  if (!order) return undefined;
  const own = await db.select().from(fills).where(eq(fills.orderId, orderId));
  const others = await db
    .select({ tradeId: fills.tradeId, quantity: fills.quantity })
    .from(fills)
    .innerJoin(orders, eq(orders.id, fills.orderId))
    .where(
      and(
        eq(orders.portfolioId, order.portfolioId),
        eq(orders.symbol, order.symbol),
        ne(orders.id, orderId),
        eq(fills.epoch, order.epoch),
        inArray(orders.status, ['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED']),
      ),
    );
  const [tape] = await db
    .select({ epoch: tapePositions.epoch })
    .from(tapePositions)
    .where(and(eq(tapePositions.venue, order.venue), eq(tapePositions.symbol, order.symbol)));
  return { order, fills: own, others, ...tape };
};
