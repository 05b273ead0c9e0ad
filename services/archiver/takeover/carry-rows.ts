import { AppError } from '@tickfolio/lib/errors';
import { type Evidence, readEvidence } from './evidence.js';
import { feedAgain, readFeeds } from './feeds.js';
import { eventMoment, receiveMoment, toldColumns } from './moments.js';
import { carry, dropMonth, type Piece, symbolRanges } from './piece.js';
import { namesOf, readColumns, readPartitions, type TakeoverDeps } from './zoneless.js';

/** Rows that one statement carries, more only where one symbol has more in a month. */
const rowsPerPiece = 500_000;

/** What was carried over. */
export interface CarriedRows {
  readonly rows: number;
  /** Of them, those whose time was wrong, and by how much at least and at most; milliseconds to be added. */
  readonly wrong: number;
  readonly minShiftMs: number;
  readonly maxShiftMs: number;
}

/**
 * Each row at its right moment. A row that is carried twice replaces itself, and the views feed the other tables with
 * it again.
 */
const statement = (target: string, source: string, columns: readonly string[]): string => {
  const moments: Readonly<Record<string, string>> = { event_time: 'event_moment', receive_time: 'receive_moment' };
  return `INSERT INTO ${target} (${columns.join(', ')}) SELECT ${columns.map((name) => moments[name] ?? name).join(', ')}
    FROM (SELECT *, ${toldColumns}, ${eventMoment} AS event_moment, ${receiveMoment} AS receive_moment
      FROM ${source} FINAL WHERE _partition_id = {partition:String} AND symbol >= {from:String} AND symbol <= {to:String})`;
};

/** Carries the rows that were set aside over, month by month, and lets go of a month once all of it is there. */
export const carryRows = async (deps: TakeoverDeps, zone: string): Promise<CarriedRows> => {
  const { own, zoneless, full } = namesOf(deps, 'rows');
  const columns = [...(await readColumns(deps, zoneless)).keys()];
  const target = full(own);
  const source = full(zoneless);
  const run = (piece: Piece) => carry(deps, piece);
  const countIn = async (partition: string) => {
    const [found] = await deps.clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM ${source} FINAL WHERE _partition_id = {partition:String}`,
      { partition },
    );
    return Number(found?.n);
  };
  const carried = { rows: 0, wrong: 0, minShiftMs: Number.POSITIVE_INFINITY, maxShiftMs: Number.NEGATIVE_INFINITY };
  const partitions = await readPartitions(deps, zoneless);
  // What other archivers wrote since then may have fed nothing.
  if (partitions.length > 0) await feedAgain(deps, `(SELECT max(inserted_at) FROM ${source})`);
  for (const [at, partition] of partitions.entries()) {
    deps.tell(`older rows are being set right, month ${at + 1} of ${partitions.length}`);
    let found: readonly Evidence[];
    let fed: string | undefined;
    do {
      // Again only where an archiver of an older version was still writing into what was set aside, or another starter
      // took the feeds away.
      fed = await readFeeds(deps);
      if (fed === undefined)
        throw new AppError('unavailable', 'Another archiver is making the tables anew.', { retryAfterMs: 1_000 });
      found = await readEvidence(deps, source, partition, zone);
      for (const { from, to } of symbolRanges(found, rowsPerPiece)) {
        await run({ sql: statement(target, source, columns), params: { zone, partition, from, to } });
      }
    } while (
      (await readFeeds(deps)) !== fed ||
      (await countIn(partition)) !== found.reduce((sum, { rows }) => sum + rows, 0)
    );
    for (const { rows, wrong, minShiftMs, maxShiftMs } of found) {
      carried.rows += rows;
      if (wrong === 0) continue;
      carried.wrong += wrong;
      carried.minShiftMs = Math.min(carried.minShiftMs, minShiftMs);
      carried.maxShiftMs = Math.max(carried.maxShiftMs, maxShiftMs);
    }
    await dropMonth(deps, source, partition);
  }
  return carried;
};
