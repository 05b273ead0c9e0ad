import { fileURLToPath } from 'node:url';
import { applyRetention, type ClickHouse, runClickHouseMigrations } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { archiveMigrations, archiveNames, archivePart } from '@tickfolio/lib/events/archive';
import type { Logger } from '@tickfolio/lib/telemetry';
import { carryOver, feedAgain, setAside } from './takeover/takeover.js';

/** Beside the sources; compiled files lie one folder deeper. */
export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './migrations' : '../migrations', import.meta.url),
);

/**
 * How long it is known what became of a message. Longer than any Kafka keeps messages by default; past it nothing can
 * be compared any more.
 */
export const offsetsDays = 30;

export interface ArchiveSchema {
  /** Plain identifiers. */
  readonly database: string;
  readonly table: string;
  /** How long rows are kept; undefined for ever. Rollups always are. */
  readonly retentionDays?: number | undefined;
  /**
   * The time zone in which older versions wrote what is there; undefined: ClickHouse's own, which is the one of its
   * host.
   */
  readonly writtenIn?: string | undefined;
  /** Ends it between two steps, each of which can be repeated. */
  readonly signal?: AbortSignal | undefined;
  /** Told in words how far it is, where it takes longer. */
  readonly tell?: ((words: string) => void) | undefined;
}

/**
 * Makes the archive's tables and views where they are missing, and sets times right that an older version wrote in
 * another time zone than UTC, which may take minutes where there are many. Safe with several starters.
 * @throws AppError failed_precondition when a table of these names is there that is not ours, or ClickHouse does not
 * know the zone.
 */
export const migrateArchive = async (
  deps: { readonly clickhouse: ClickHouse; readonly log: Logger },
  { database, table, retentionDays, writtenIn, signal, tell = () => undefined }: ArchiveSchema,
): Promise<void> => {
  const takeover = { ...deps, database, table, signal, tell };
  const unfedSince = await setAside(takeover, await writersZone(deps.clickhouse, writtenIn));
  await runClickHouseMigrations(deps, {
    folder: migrationsFolder,
    ...archiveMigrations(database, table),
  });
  if (unfedSince !== undefined) await feedAgain(takeover, unfedSince);
  await carryOver(takeover);
  const changing = (days: number | undefined) =>
    noteRetention(deps.clickhouse, archiveNames(database, table).retentions, days);
  await applyRetention(deps, database, [
    { table: archivePart(table, 'rows'), time: 'event_time', days: retentionDays, changing },
    { table: archivePart(table, 'offsets'), time: 'noted_at', days: offsetsDays },
  ]);
};

/** So long a rule may go on letting rows go while it is being changed. */
const changeMinutes = 10;

/**
 * Notes which rows may be gone by a rule that ends now, so that the audit does not miss them. @param days undefined:
 * any of them
 */
const noteRetention = (clickhouse: ClickHouse, retentions: string, days: number | undefined): Promise<void> =>
  clickhouse.command(
    `INSERT INTO ${retentions} (rows_since) SELECT now64(3) - toIntervalDay({days:UInt32}) + toIntervalMinute({change:UInt32})`,
    { days: days ?? 0, change: changeMinutes },
  );

/** The zone that was named, if ClickHouse knows it, else that of its host. */
const writersZone = async (clickhouse: ClickHouse, named: string | undefined): Promise<string> => {
  if (named === undefined) {
    const [host] = await clickhouse.query<{ zone: string }>('SELECT serverTimezone() AS zone');
    return host?.zone ?? 'UTC';
  }
  const [known] = await clickhouse.query('SELECT 1 FROM system.time_zones WHERE time_zone = {named:String}', { named });
  if (known) return named;
  throw new AppError(
    'failed_precondition',
    `ClickHouse knows no time zone "${named}". ARCHIVE_WRITTEN_IN takes names such as Europe/Berlin or UTC.`,
  );
};

const dayMs = 86_400_000;

/** The time, in epoch milliseconds, before which rows may be gone. */
export const keptSinceMs = (clock: Clock, retentionDays: number | undefined) => (): number =>
  retentionDays === undefined ? 0 : clock.now() - retentionDays * dayMs;
