import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, eq, gt, isNull, max, notExists, sql } from 'drizzle-orm';
import { deletions, erasures } from '../schema.js';
import { shifted } from '../sessions/agreed-time.js';

/** Who has still to erase what of whom. */
export interface Erasures {
  /**
   * Waits for these services too, where a deletion was noted without them: by a build or an installation that had fewer.
   * Of the last 29 days, which each tells of once more by itself. @returns whether there may be more than `limit`
   */
  waitFor(services: readonly string[], limit: number): Promise<boolean>;
  /** Harmless where it was done, or where nobody asked for it. */
  done(userId: string, service: string): Promise<void>;
  /** Users of whom a service still holds something, behind an id, the first `limit` in the order of their ids. */
  open(service: string, after: string, limit: number): Promise<readonly string[]>;
  /** All users who were deleted in the last 30 days, behind an id, the first `limit` in the order of their ids. */
  deleted(after: string, limit: number): Promise<readonly string[]>;
  /** For how long the oldest of each service is open; services without any are left out. */
  ages(): Promise<readonly { readonly service: string; readonly ageS: number }[]>;
}

/** A day less than everybody remembers whom they erased. */
const askedMs = 29 * 24 * 3_600_000;

export const createErasures = (db: Database, time: DatabaseTime): Erasures => {
  const isOpen = isNull(erasures.doneAt);
  const isYoung = () => gt(deletions.deletedAt, shifted(time(), -askedMs));
  return {
    waitFor: async (services, limit) => {
      let more = false;
      for (const service of services) {
        const noted = db
          .select({ one: sql`1` })
          .from(erasures)
          .where(and(eq(erasures.userId, deletions.userId), eq(erasures.service, service)));
        const lacking = await db
          .select({ userId: deletions.userId })
          .from(deletions)
          .where(and(isYoung(), notExists(noted)))
          .limit(limit);
        if (lacking.length > 0)
          await db
            .insert(erasures)
            .values(lacking.map(({ userId }) => ({ userId, service })))
            .onConflictDoNothing();
        more ||= lacking.length === limit;
      }
      return more;
    },
    done: async (userId, service) => {
      await db
        .update(erasures)
        .set({ doneAt: time() })
        .where(and(eq(erasures.userId, userId), eq(erasures.service, service), isOpen));
    },
    open: async (service, after, limit) => {
      const rows = await db
        .select({ userId: erasures.userId })
        .from(erasures)
        .where(and(eq(erasures.service, service), isOpen, after === '' ? undefined : gt(erasures.userId, after)))
        .orderBy(erasures.userId)
        .limit(limit);
      return rows.map(({ userId }) => userId);
    },
    deleted: async (after, limit) => {
      const rows = await db
        .select({ userId: deletions.userId })
        .from(deletions)
        .where(after === '' ? undefined : gt(deletions.userId, after))
        .orderBy(deletions.userId)
        .limit(limit);
      return rows.map(({ userId }) => userId);
    },
    ages: () =>
      db
        .select({
          service: erasures.service,
          ageS: sql<number>`greatest(0, ${max(sql`extract(epoch from ${time()} - ${deletions.deletedAt})`)})::float8`,
        })
        .from(erasures)
        .innerJoin(deletions, eq(deletions.userId, erasures.userId))
        .where(isOpen)
        .groupBy(erasures.service),
  };
};
