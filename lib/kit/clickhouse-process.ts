import { openChdbClickHouse } from '../clickhouse/chdb/chdb.js';
import { startClickHouseHttp } from '../clickhouse/sql-port/sql-port.js';
import { systemClock } from '../clock/clock.js';
import { silentLogger } from '../telemetry/telemetry.js';

// Started by clickhouse.ts: a ClickHouse of a test's own. Says its port when it serves, and ends with its input.
const [path = '', port = '0', password = '', zone = ''] = process.argv.slice(2);
const deps = { clock: systemClock, log: silentLogger() };
const { engine, close } = await openChdbClickHouse({ path, ...deps, ...(zone === '' ? {} : { zone }) });
const http = await startClickHouseHttp(
  { engine, ...deps },
  {
    port: Number(port),
    readOnly: false,
    maxConcurrent: 3,
    maxWaiting: 1_000,
    ...(password === '' ? {} : { password }),
  },
);
process.stdout.write(`serving ${http.port}\n`);
process.stdin.resume().on('end', () => void http.close().then(() => close()));
