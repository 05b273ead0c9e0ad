import type { Clock } from '@tickfolio/lib/clock';
import { type SQL, sql } from 'drizzle-orm';

/**
 * What time it is for every replica, as a part of the statement that asks: sessions and tokens are judged by it, so that it does not
 * matter which replica made one and which is asked, nor whether the clock of either is right.
 */
export type DatabaseTime = () => SQL;

export const databaseTime: DatabaseTime = () => sql`now()`;

/** The two times there are. */
export interface Times {
  readonly time: DatabaseTime;
  /** Of this replica. */
  readonly clock: Pick<Clock, 'now'>;
}

/** @param ms negative for before */
export const shifted = (time: SQL, ms: number): SQL => sql`${time} + ${ms} * interval '1 millisecond'`;

/**
 * The earlier of this replica's time and the database's, for whatever deletes by time: that cannot be taken back, and a clock may be off by
 * days for a while, as after a virtual machine's resume.
 * @param agoMs so many milliseconds before it
 */
export const agreedTime = ({ time, clock }: Times, agoMs = 0): SQL =>
  shifted(sql`least(${new Date(clock.now()).toISOString()}::timestamptz, ${time()})`, -agoMs);
