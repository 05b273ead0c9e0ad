import { sql } from 'drizzle-orm';
import { type Database, type DatabaseTime, databaseTime } from '../postgres/postgres.js';
import type { OutboxTables } from './tables.js';

type EpochTables = Pick<OutboxTables, 'databaseEpoch'>;

/** 1 as long as the database was never restored; for a statement of whoever asks. */
export const epochOf = ({ databaseEpoch }: EpochTables) =>
  sql<number>`coalesce((select ${databaseEpoch.epoch} from ${databaseEpoch}), 1)::int`;

/** Epochs are counted in seconds since then, as far as they were raised. */
const firstSecond = Date.UTC(2026, 0, 1) / 1_000;

/**
 * Says of a database that it was restored from a backup: what it tells from now on under numbers that were used may be
 * something else, so consumers read its streams anew. By the time, because one more than what the backup has may have
 * been used too: by the restore before, of the same backup.
 * @param above an epoch that consumers know, higher than the time says: the clock was ahead at the restore before
 */
export const raiseEpoch = async (
  db: Database,
  { databaseEpoch }: EpochTables,
  time: DatabaseTime = databaseTime,
  above = 0,
): Promise<void> => {
  const now = sql`floor(extract(epoch from ${time()}))::int - ${firstSecond}::int`;
  await db
    .insert(databaseEpoch)
    .values({ one: true, epoch: sql`greatest(2, ${now}, ${above + 1}::int)` })
    .onConflictDoUpdate({
      target: databaseEpoch.one,
      set: { epoch: sql`greatest(${databaseEpoch.epoch} + 1, ${now}, ${above + 1}::int)` },
    });
};
