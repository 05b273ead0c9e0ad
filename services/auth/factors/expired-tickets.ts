import type { Database } from '@tickfolio/lib/postgres';
import { inArray, lte } from 'drizzle-orm';
import { tickets } from '../schema.js';
import { agreedTime, type Times } from '../sessions/agreed-time.js';

/** Deletes up to `limit` tickets whose time is over. @returns how many went */
export const createDeleteOldTickets =
  (db: Database, times: Times) =>
  async (limit: number): Promise<number> => {
    const over = db
      .select({ ticketHash: tickets.ticketHash })
      .from(tickets)
      .where(lte(tickets.expiresAt, agreedTime(times)))
      .limit(limit)
      .for('update', { skipLocked: true });
    const gone = await db
      .delete(tickets)
      .where(inArray(tickets.ticketHash, over))
      .returning({ ticketHash: tickets.ticketHash });
    return gone.length;
  };
