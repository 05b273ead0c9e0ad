import { type SQL, sql } from 'drizzle-orm';
import type { Clock } from '../clock/clock.js';

/**
 * What time it is for every replica, as a part of the statement that asks: what several write and read is stamped and
 * judged by it, so that it does not matter which of them made it and which is asked, nor whether the clock of either is
 * right.
 */
export type DatabaseTime = () => SQL;

export const databaseTime: DatabaseTime = () => sql`now()`;

/** The time of a clock, for tests that move it. */
export const timeOf =
  (clock: Pick<Clock, 'now'>): DatabaseTime =>
  () =>
    sql`${new Date(clock.now()).toISOString()}::timestamptz`;
