import { expect, it } from 'vitest';
import type { ClickHouse } from './clickhouse.js';

const secondsText = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** What every adapter does with times, whose host and sessions may be in any zone. Uses the database `vault`. */
export const itTakesTimesForUtc = (open: () => ClickHouse): void => {
  it('takes every time for UTC, wherever its host is', async () => {
    const clickhouse = open();
    await clickhouse.command('CREATE TABLE vault.moments (id UInt32, at DateTime64(3)) ENGINE = MergeTree ORDER BY id');
    // In New York there is no such time: the clocks skip it.
    const text = '2026-03-08 02:30:00.123';
    await clickhouse.insert('vault.moments', ['id', 'at'], [[1, text]]);
    await clickhouse.command(`INSERT INTO vault.moments SELECT 2, toDateTime64('${text}', 3)`);
    const row = { at: text, ms: String(Date.parse('2026-03-08T02:30:00.123Z')), same: 1, hour: '2026-03-08 02:00:00' };
    expect(
      await clickhouse.query(
        'SELECT at, toUnixTimestamp64Milli(at) AS ms, at = {at:DateTime64(3)} AS same, toStartOfHour(at) AS hour FROM vault.moments',
        { at: text },
      ),
    ).toEqual([row, row]);
    // Half an hour of February in UTC, of January in New York.
    const february = { moment: Date.parse('2026-02-01T00:30:00Z') / 1_000 };
    expect(
      await clickhouse.query(
        'SELECT toYYYYMM(toDateTime({moment:UInt32})) AS month, toDate(toDateTime({moment:UInt32})) AS day',
        february,
      ),
    ).toEqual([{ month: 202602, day: '2026-02-01' }]);
    const around = { from: secondsText(Date.now() - 1_800_000), to: secondsText(Date.now() + 1_800_000) };
    expect(
      await clickhouse.query(
        'SELECT now() BETWEEN toDateTime({from:String}) AND toDateTime({to:String}) AS near',
        around,
      ),
    ).toEqual([{ near: 1 }]);
  });
};
