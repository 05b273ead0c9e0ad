import { systemClock } from '../../../clock/clock.js';
import { silentLogger } from '../../../telemetry/telemetry.js';
import { openChdbClickHouse } from '../chdb.js';

// Started by chdb.test.ts: opens a folder, says how that went, and then writes batches, saying after each one that it
// was acknowledged.
const [folder = '', batchRows = '0'] = process.argv.slice(2);
try {
  const clickhouse = await openChdbClickHouse({ path: folder, clock: systemClock, log: silentLogger() });
  process.stdout.write('held\n');
  if (batchRows !== '0') {
    await clickhouse.command('CREATE DATABASE IF NOT EXISTS vault');
    await clickhouse.command(
      'CREATE TABLE IF NOT EXISTS vault.kept (batch UInt32, row UInt32) ENGINE = MergeTree ORDER BY (batch, row)',
    );
    for (let batch = 0; ; batch++) {
      const rows = Array.from({ length: Number(batchRows) }, (_, row) => [batch, row]);
      await clickhouse.insert('vault.kept', ['batch', 'row'], rows);
      process.stdout.write(`stored ${batch}\n`);
    }
  }
  process.stdin.resume().on('end', () => void clickhouse.close());
} catch (err) {
  process.stdout.write(`refused ${err instanceof Error ? `${err.name}: ${err.message}` : String(err)}\n`);
}
