import { sql } from 'drizzle-orm';
import type { Database } from '../postgres/postgres.js';
import type { OutboxTables } from './tables.js';

type EpochTables = Pick<OutboxTables, 'databaseEpoch'>;

/** 1 as long as the database was never restored; for a statement of whoever asks. */
export const epochOf = ({ databaseEpoch }: EpochTables) =>
  sql<number>`coalesce((select ${databaseEpoch.epoch} from ${databaseEpoch}), 1)::int`;

/**
 * Says of a database that it was restored from a backup: what it tells from now on under numbers that were used may be
 * something else, so consumers read its streams anew.
 */
export const raiseEpoch = async (db: Database, { databaseEpoch }: EpochTables): Promise<void> => {
  await db
    .insert(databaseEpoch)
    .values({ one: true, epoch: 2 })
    .onConflictDoUpdate({ target: databaseEpoch.one, set: { epoch: sql`${databaseEpoch.epoch} + 1` } });
};
