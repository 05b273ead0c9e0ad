import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { AppError } from '@tickfolio/lib/errors';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';

export interface KeptSinceDeps {
  readonly clickhouse: ClickHouse;
  readonly names: Pick<ArchiveNames, 'retentions'>;
  /** Rows older than this may be gone by the table's own rule. Epoch milliseconds; absent: none is. */
  readonly keptSinceMs?: () => number;
}

/**
 * Before which time, in epoch milliseconds, rows may be gone: by the rule that holds, or by one that held before and
 * let go sooner.
 */
export const readKeptSince = async ({ clickhouse, names, keptSinceMs = () => 0 }: KeptSinceDeps): Promise<number> => {
  try {
    const [noted] = await clickhouse.query<{ since: string }>(
      `SELECT toUnixTimestamp64Milli(max(rows_since)) AS since FROM ${names.retentions}`,
    );
    return Math.max(keptSinceMs(), Number(noted?.since ?? 0));
  } catch (err) {
    // An archive of an older version, which noted none.
    if (err instanceof AppError && err.code === 'not_found') return keptSinceMs();
    throw err;
  }
};
