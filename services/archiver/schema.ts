import { fileURLToPath } from 'node:url';
import { applyRetention, type ClickHouse, runClickHouseMigrations } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';

/** Beside the sources; compiled files lie one folder deeper. */
export const migrationsFolder = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './migrations' : '../migrations', import.meta.url));

/** Longer than any Kafka keeps messages by default; past it nothing can be compared any more. */
const offsetsDays = 30;

export interface ArchiveSchema {
  /** Plain identifiers. */
  readonly database: string;
  readonly table: string;
  /** How long rows are kept; undefined for ever. Rollups always are. */
  readonly retentionDays?: number | undefined;
}

/**
 * Makes the archive's tables and views where they are missing. Safe with several starters.
 * @throws AppError failed_precondition when a table of these names is there that is not ours.
 */
export const migrateArchive = async (
  deps: { readonly clickhouse: ClickHouse; readonly log: Logger },
  { database, table, retentionDays }: ArchiveSchema,
): Promise<void> => {
  await runClickHouseMigrations(deps, {
    folder: migrationsFolder,
    database,
    names: { table, ohlc: `${table.replace(/_tickers$/, '')}_ohlc` },
    journal: `${table}_migrations`,
  });
  await applyRetention(deps, database, [
    { table: `${table}_rows`, time: 'event_time', days: retentionDays },
    { table: `${table}_offsets`, time: 'noted_at', days: offsetsDays },
  ]);
};

const dayMs = 86_400_000;

/** The time, as ClickHouse writes it, before which rows may be gone. */
export const keptSince = (clock: Clock, retentionDays: number | undefined) => (): string =>
  new Date(retentionDays === undefined ? 0 : clock.now() - retentionDays * dayMs).toISOString().replace('T', ' ').slice(0, -1);
