import { type SQL, sql } from 'drizzle-orm';

/**
 * The earlier of this replica's time and the database's, for whatever deletes by time: that cannot be taken back, and a clock may be off by
 * days for a while, as after a virtual machine's resume.
 * @param agoMs so many milliseconds before it
 */
export const agreedTime = (now: Date, agoMs = 0): SQL =>
  sql`least(${now.toISOString()}::timestamptz, now()) - ${agoMs} * interval '1 millisecond'`;
