import type { Clock } from '@tickfolio/lib/clock';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { type SQL, sql } from 'drizzle-orm';

/** The two times there are. */
export interface Times {
  /** Sessions and tokens are judged by it. */
  readonly time: DatabaseTime;
  /** Of this replica. */
  readonly clock: Pick<Clock, 'now'>;
}

/** @param ms negative for before */
export const shifted = (time: SQL, ms: number): SQL => sql`${time} + ${ms} * interval '1 millisecond'`;

/**
 * The earlier of this replica's time and the database's, for whatever deletes by time: that cannot be taken back, and a
 * clock may be off by days for a while, as after a virtual machine's resume.
 * @param agoMs so many milliseconds before it
 */
export const agreedTime = ({ time, clock }: Times, agoMs = 0): SQL =>
  shifted(sql`least(${new Date(clock.now()).toISOString()}::timestamptz, ${time()})`, -agoMs);

/** What time it is by the database, epoch milliseconds. */
export const timeMs = async (db: Pick<Database, 'select'>, time: DatabaseTime): Promise<number> => {
  const [now] = await db
    .select({ ms: sql<string>`floor(extract(epoch from at) * 1000)::bigint` })
    .from(sql`(select ${time()} as at) now`);
  return Number(now?.ms);
};
