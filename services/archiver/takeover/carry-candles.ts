import { toldColumns, zoneShift } from './moments.js';
import { carry, dropMonth, symbolRanges } from './piece.js';
import { namesOf, readPartitions, type TakeoverDeps, zonelessEnd } from './zoneless.js';

/** Candles whose states one statement holds in memory. */
const candlesPerPiece = 100_000;
const seconds = { '1m': 60, '1h': 3_600 } as const;

const oldestTable = ({ database, table }: TakeoverDeps): string => `${database}.${table}_oldest${zonelessEnd}`;

/**
 * Notes of each symbol the moment of its oldest row, and the shift of which that row tells where the zone does not
 * explain it.
 */
export const noteOldest = async (deps: TakeoverDeps, zone: string): Promise<void> => {
  const rows = namesOf(deps, 'rows');
  await carry(deps, {
    sql: `CREATE TABLE IF NOT EXISTS ${oldestTable(deps)} (symbol String, first_ms Int64, shift_s Int64, explained Bool) ENGINE = ReplacingMergeTree ORDER BY symbol`,
  });
  await carry(deps, {
    sql: `INSERT INTO ${oldestTable(deps)}
      SELECT symbol, min(moment_ms), intDiv(argMin(shift_ms, moment_ms), 1000), argMin(shift_ms = zone_ms, moment_ms)
      FROM (SELECT symbol, ${toldColumns}, stored_ms + shift_ms AS moment_ms, toInt64(${zoneShift('event_time')}) * 1000 AS zone_ms
        FROM ${rows.full(rows.zoneless)})
      WHERE told GROUP BY symbol`,
    params: { zone },
  });
};

export const forgetOldest = (deps: TakeoverDeps): Promise<void> =>
  carry(deps, { sql: `DROP TABLE IF EXISTS ${oldestTable(deps)}` });

/**
 * Carries over candles of before the oldest row of their symbol, which is all that is left of that time; later ones are
 * made of the rows. Counts and prices stay; the first and the last price count as those of the candle's first and last
 * moment, which is theirs in order.
 */
export const carryCandles = async (deps: TakeoverDeps, part: keyof typeof seconds, zone: string): Promise<void> => {
  const { own, zoneless, full } = namesOf(deps, part);
  for (const partition of await readPartitions(deps, zoneless)) {
    const found = await deps.clickhouse.query<{ symbol: string; rows: string }>(
      `SELECT symbol, count() AS rows FROM ${full(zoneless)} WHERE _partition_id = {partition:String} GROUP BY symbol ORDER BY symbol`,
      { partition },
    );
    const counted = found.map(({ symbol, rows }) => ({ symbol, rows: Number(rows) }));
    for (const { from, to } of symbolRanges(counted, candlesPerPiece)) {
      await carry(deps, {
        sql: `INSERT INTO ${full(own)} (symbol, start, open, high, low, close, tickers)
          SELECT symbol, moment, argMinState(first, toDateTime64(moment, 3)), max(highest), min(lowest),
            argMaxState(last, addMilliseconds(toDateTime64(moment, 3), ${seconds[part] * 1_000 - 1})), groupBitmapMergeState(counted)
          FROM (
            SELECT symbol, moment, argMinMerge(open) AS first, max(high) AS highest, min(low) AS lowest, argMaxMerge(close) AS last,
              groupBitmapMergeState(tickers) AS counted
            FROM (
              SELECT candle.*, addSeconds(toTimeZone(candle.start, 'UTC'),
                if(empty(oldest.symbol) OR oldest.explained, ${zoneShift('candle.start')}, oldest.shift_s)) AS moment,
                empty(oldest.symbol) OR toInt64(toUnixTimestamp(moment)) * 1000 <= oldest.first_ms AS alone
              FROM ${full(zoneless)} AS candle ANY LEFT JOIN ${oldestTable(deps)} AS oldest ON oldest.symbol = candle.symbol
              WHERE candle._partition_id = {partition:String} AND candle.symbol >= {from:String} AND candle.symbol <= {to:String}
            )
            WHERE alone GROUP BY symbol, moment
          )
          GROUP BY symbol, moment`,
        params: { zone, partition, from, to },
      });
    }
    await dropMonth(deps, full(zoneless), partition);
  }
};
