import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { migrateArchive } from '../schema.js';
import { createArchiveTables, recordingLog, table, writeMany } from './old-archive.js';

// Started by takeover.loop.test.ts, on a host in the zone that TZ names: writes an archive as versions before wrote it,
// or takes one over.
const [what = '', path = '', rows = '0', startMs = '0'] = process.argv.slice(2);
const say = (words: string) => void process.stdout.write(`${words}\n`);
const database = 'crypto';
const zone = what === 'write' ? { zone: process.env.TZ ?? 'UTC' } : {};
const clickhouse = await openChdbClickHouse({ path, clock: systemClock, log: silentLogger(), ...zone });
if (what === 'write') {
  const settings = { session_timezone: process.env.TZ ?? 'UTC' };
  const old = {
    ...clickhouse,
    command: (sql: string, params = {}) => clickhouse.command(sql, params, { settings, timeoutMs: 120_000 }),
  };
  await createArchiveTables(old, database, false);
  await writeMany(old, database, Number(rows), Number(startMs));
} else {
  const { log, told } = recordingLog();
  say('begun');
  await migrateArchive({ clickhouse, log }, { database, table });
  for (const words of told) say(words);
}
await clickhouse.close();
say('done');
