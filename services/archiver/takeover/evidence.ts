import { toldColumns, zoneShift } from './moments.js';
import { unlessEnded } from './piece.js';
import { namesOf, readPartitions, readTables, type TakeoverDeps } from './zoneless.js';

/**
 * What the rows of one symbol in one month tell about the zone they were written in, each once. Shifts in milliseconds,
 * to be added.
 */
export interface Evidence {
  readonly symbol: string;
  readonly rows: number;
  /** Rows whose own id tells that their time is wrong. */
  readonly wrong: number;
  /** Rows whose id tells another shift than the zone does. */
  readonly astray: number;
  /** Rows whose id tells nothing, and that the zone moves. */
  readonly untold: number;
  /** Of the wrong ones. */
  readonly minShiftMs: number;
  readonly maxShiftMs: number;
}

const scanTimeoutMs = 600_000;
const scanSettings = { max_threads: 2 } as const;

/** @param table full name of a table with the archive's rows */
export const readEvidence = async (
  deps: TakeoverDeps,
  table: string,
  partition: string,
  zone: string,
): Promise<readonly Evidence[]> => {
  const sql = `SELECT symbol, count() AS rows, countIf(told AND shift_ms != 0) AS wrong, countIf(told AND shift_ms != zone_ms) AS astray,
      countIf(NOT told AND zone_ms != 0) AS untold,
      minIf(shift_ms, told AND shift_ms != 0) AS minShiftMs, maxIf(shift_ms, told AND shift_ms != 0) AS maxShiftMs
    FROM (SELECT symbol, ${toldColumns}, toInt64(${zoneShift('event_time')}) * 1000 AS zone_ms FROM ${table} FINAL WHERE _partition_id = {partition:String})
    GROUP BY symbol ORDER BY symbol`;
  const options = { timeoutMs: scanTimeoutMs, settings: scanSettings };
  const found = await unlessEnded(deps, () =>
    deps.clickhouse.query<{ readonly [K in keyof Evidence]: string }>(sql, { partition, zone }, options),
  );
  return found.map(({ symbol, ...counts }) => ({
    symbol,
    rows: Number(counts.rows),
    wrong: Number(counts.wrong),
    astray: Number(counts.astray),
    untold: Number(counts.untold),
    minShiftMs: Number(counts.minShiftMs),
    maxShiftMs: Number(counts.maxShiftMs),
  }));
};

/** Of what has no id: how much a zone would move. */
const countMovedByZone = async (deps: TakeoverDeps, zone: string): Promise<number> => {
  const tables = await readTables(deps);
  let moved = 0;
  for (const [part, column] of [
    ['1h', 'start'],
    ['audits', 'audited_at'],
  ] as const) {
    const { own, full } = namesOf(deps, part);
    if (!tables.has(own)) continue;
    const [found] = await deps.clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM ${full(own)} WHERE ${zoneShift(column)} != 0`,
      { zone },
      { timeoutMs: scanTimeoutMs, settings: scanSettings },
    );
    moved += Number(found?.n ?? 0);
  }
  return moved;
};

/**
 * Whether an archive without zones has times that are wrong. The rows are the witnesses, all of them; the zone counts
 * for what has no id, and only where no row contradicts it.
 */
export const isShifted = async (deps: TakeoverDeps, zone: string): Promise<boolean> => {
  const { own, full } = namesOf(deps, 'rows');
  let untold = 0;
  let contradicted = false;
  deps.tell('older rows are being looked at, in which time zone they were written');
  for (const partition of await readPartitions(deps, own)) {
    for (const found of await readEvidence(deps, full(own), partition, zone)) {
      if (found.wrong > 0) return true;
      if (found.astray > 0) contradicted = true;
      untold += found.untold;
    }
  }
  return !contradicted && (untold > 0 || (await countMovedByZone(deps, zone)) > 0);
};
