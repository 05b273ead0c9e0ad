import type { Logger } from '../telemetry/telemetry.js';
import type { ClickHouse } from './port.js';

/** How long one table keeps its rows. */
export interface Retention {
  readonly table: string;
  /** SQL of the time from which a row's age counts, such as `event_time`. Code, never input. */
  readonly time: string;
  /** Whole days; undefined for ever. */
  readonly days: number | undefined;
  /**
   * Waited for before a rule that let rows go is changed. @param days what it was; undefined where it was none of ours
   */
  readonly changing?: ((days: number | undefined) => Promise<void>) | undefined;
}

const alterTimeoutMs = 60_000;

/** Gives tables the TTL that the settings ask for, and only where it is another one. Safe with several starters. */
export const applyRetention = async (
  { clickhouse, log }: { readonly clickhouse: ClickHouse; readonly log: Logger },
  database: string,
  retentions: readonly Retention[],
): Promise<void> => {
  for (const { table, time, days, changing } of retentions) {
    if (days !== undefined && !(Number.isInteger(days) && days > 0))
      throw new RangeError(`${days} is no number of days`);
    const [found] = await clickhouse.query<{ engine: string }>(
      'SELECT engine_full AS engine FROM system.tables WHERE database = {database:String} AND name = {table:String}',
      { database, table },
    );
    const current = / TTL (.+?)(?: SETTINGS |$)/.exec(found?.engine ?? '')?.[1];
    const wanted = days === undefined ? undefined : `toDateTime(${time}) + toIntervalDay(${days})`;
    if (current === wanted) continue;
    const before = /\btoIntervalDay\((\d+)\)$/.exec(current ?? '')?.[1];
    if (current !== undefined) await changing?.(before === undefined ? undefined : Number(before));
    const change = wanted === undefined ? 'REMOVE TTL' : `MODIFY TTL ${wanted}`;
    await clickhouse.command(`ALTER TABLE ${database}.${table} ${change}`, {}, { timeoutMs: alterTimeoutMs });
    log.info({ table: `${database}.${table}`, days: days ?? 'for ever' }, 'changed how long rows are kept');
  }
};
