import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAll } from '../audit/audit.js';
import {
  addTickers,
  contentOf,
  createArchiveTables,
  inZone,
  recordingLog,
  table,
  writeArchive,
} from '../kit/old-archive.js';
import { migrateArchive } from '../schema.js';

// A server whose host is in New York, with archives as versions before wrote them there.
const zone = 'America/New_York';
/** After the clocks were put forward. The rest of the year has its turn in the loop. */
const springMs = Date.parse('2026-04-01T00:00:00Z');
let server: TestClickHouse;
let clickhouse: ClickHouse;
let truth: Awaited<ReturnType<typeof contentOf>>;
beforeAll(async () => {
  server = await startTestClickHouse({ zone });
  const { address } = server;
  clickhouse = openServerClickHouse({
    address,
    user: 'default',
    password: '',
    clock: systemClock,
    log: silentLogger(),
  });
  await writeArchive(clickhouse, 'truth', true, springMs);
  truth = await contentOf(clickhouse, 'truth');
});
afterAll(async () => {
  await clickhouse?.close();
  await server?.close();
});

const migrate = async (database: string, from = clickhouse) => {
  const { log, told } = recordingLog();
  await migrateArchive({ clickhouse: from, log }, { database, table });
  return told;
};

describe('an archive of before times had zones', () => {
  it('shows the right times afterwards, nothing lost and nothing twice, though it was written on a computer in New York', {
    timeout: 120_000,
  }, async () => {
    await writeArchive(inZone(clickhouse, zone), 'written', false, springMs);
    const before = await contentOf(clickhouse, 'written');
    expect(before.tickers).not.toEqual(truth.tickers);
    expect(before.hours).not.toEqual(truth.hours);
    const told = await migrate('written');
    const { length } = truth.tickers;
    expect(told.at(-1)).toMatch(
      new RegExp(
        `^${length} archived tickers .+ ${length - 1} of them were off and were moved by -5 h to -4 h.+America/New_York$`,
      ),
    );
    expect(await contentOf(clickhouse, 'written')).toEqual(truth);
    expect(await migrate('written')).toEqual([]);
  });

  it('is left where it is when its times are right', async () => {
    // Written on a host in UTC; the server moved to New York since.
    const before = inZone(clickhouse, 'UTC');
    const startMs = Date.parse('2026-03-08T01:00:00Z');
    const tickers = [0, 1, 2].map((at) => ({
      symbol: 'BTCUSDT',
      eventMs: startMs + at * 3_600_000,
      price: '1.5',
      offset: at,
    }));
    await createArchiveTables(before, 'kept', false);
    await addTickers(before, 'kept', tickers);
    const places =
      "SELECT name, uuid FROM system.tables WHERE database = 'kept' AND engine LIKE '%MergeTree' ORDER BY name";
    const known = await clickhouse.query(places);
    expect(await migrate('kept')).toEqual([]);
    // Files after those may make more, beside them.
    expect(
      (await clickhouse.query<{ name: string }>(places)).filter(({ name }) => !name.endsWith('_retentions')),
    ).toEqual(known);
    const { types, hours, latest } = await contentOf(clickhouse, 'kept');
    expect(types).toEqual(truth.types);
    expect(hours.map(({ start }) => start)).toEqual([1, 2, 3].map((hour) => `2026-03-08 0${hour}:00:00`));
    expect(latest.map(({ event_time }) => event_time)).toEqual(['2026-03-08 03:00:00.000']);
  });

  it('is not called incomplete while it is being set right', async () => {
    await clickhouse.command('CREATE TABLE truth.market_tickers_rows_zoneless AS truth.market_tickers_rows');
    const eventLog = createMemoryEventLog({ clock: systemClock, log: silentLogger(), metrics: createMetrics('log') });
    const deps = {
      clickhouse,
      eventLog,
      names: archiveNames('truth', table),
      topic: 'binance.miniticker',
      group: 'g',
      clock: systemClock,
    };
    await expect(auditAll(deps)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('still setting older rows right'),
    });
    await clickhouse.command('DROP TABLE truth.market_tickers_rows_zoneless');
    expect(await auditAll(deps)).toHaveLength(3);
    await eventLog.close();
  });

  it('is left alone, with a word about why, when the setting names a zone that there is not', async () => {
    const { log } = recordingLog();
    const options = { database: 'truth', table, writtenIn: 'Europe/Atlantis' };
    const message = expect.stringMatching(/no time zone "Europe\/Atlantis".+ARCHIVE_WRITTEN_IN/);
    await expect(migrateArchive({ clickhouse, log }, options)).rejects.toMatchObject({
      code: 'failed_precondition',
      message,
    });
  });

  it('prints UTC to analysts who ask that server with a program of their own', async () => {
    const answer = await fetch(`http://${server.address.host}:${server.address.port}/`, {
      method: 'POST',
      body: `SELECT event_time FROM truth.market_tickers WHERE message_id = 'BTCUSDT-${Date.parse('2026-03-08T02:30:00.010Z')}'
        UNION ALL SELECT toDateTime64(start, 3) FROM truth.market_ohlc_1h WHERE symbol = 'BTCUSDT' AND start = '2026-03-08 02:00:00'
        UNION ALL SELECT event_time FROM truth.market_tickers_latest WHERE symbol = 'BTCUSDT'`,
    });
    expect((await answer.text()).trim().split('\n').sort()).toEqual([
      '2026-03-08 02:00:00.000',
      '2026-03-08 02:30:00.010',
      '2026-03-29 06:51:00.039',
    ]);
  });
});
