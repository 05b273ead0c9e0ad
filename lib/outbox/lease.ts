import { and, eq, sql } from 'drizzle-orm';
import type { Clock } from '../clock/clock.js';
import type { Database, DatabaseTime } from '../postgres/postgres.js';
import type { OutboxTables } from './tables.js';

/** How long a replica that is gone keeps the others waiting. */
const leaseMs = 15_000;

/**
 * The right to do some work, of one replica at a time; who has lost it in the middle only does twice what may be done
 * twice.
 */
export interface Lease {
  /** Takes it, or renews it once a third of its time is over. @returns whether it is this replica's, for two thirds of it at least */
  take(): Promise<boolean>;
  /** Lets another take it at once. */
  release(): Promise<void>;
}

export interface LeaseDeps {
  readonly db: Database;
  readonly tables: Pick<OutboxTables, 'relayLease'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly time: DatabaseTime;
}

/** One row, changed by one statement: nothing is locked between two of them, and no connection kept. */
export const createLease = (
  { db, tables: { relayLease }, clock, time }: LeaseDeps,
  { name, holder }: { readonly name: string; readonly holder: string },
): Lease => {
  let ownUntilMs = Number.NEGATIVE_INFINITY;
  return {
    take: async () => {
      const askedMs = clock.monotonic();
      if (ownUntilMs - askedMs > (leaseMs * 2) / 3) return true;
      const until = sql`${time()} + make_interval(secs => ${leaseMs / 1_000})`;
      const taken = await db
        .insert(relayLease)
        .values({ name, holder, until })
        .onConflictDoUpdate({
          target: relayLease.name,
          set: { holder, until },
          // One that lasts longer than any does was taken before the clock of the database was set back.
          setWhere: sql`${relayLease.holder} = ${holder} or ${relayLease.until} not between ${time()} and ${until}`,
        })
        .returning({ holder: relayLease.holder });
      ownUntilMs = taken.length > 0 ? askedMs + leaseMs : Number.NEGATIVE_INFINITY;
      return taken.length > 0;
    },
    release: async () => {
      if (ownUntilMs === Number.NEGATIVE_INFINITY) return;
      ownUntilMs = Number.NEGATIVE_INFINITY;
      await db.delete(relayLease).where(and(eq(relayLease.name, name), eq(relayLease.holder, holder)));
    },
  };
};
