import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../clock/clock.js';
import { silentLogger } from '../../../telemetry/telemetry.js';
import { openChdbClickHouse } from '../../chdb/chdb.js';
import { type ClickHouseHttpOptions, startClickHouseHttp } from '../sql-port.js';

/** An embedded ClickHouse with a small archive in it, served as the all-in-one serves it. */
export const startTestHttp = async (options: Partial<ClickHouseHttpOptions> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-http-'));
  const deps = { clock: systemClock, log: silentLogger() };
  const clickhouse = await openChdbClickHouse({ path: join(folder, 'engine'), ...deps });
  const { engine } = clickhouse;
  await clickhouse.command('CREATE DATABASE crypto');
  await clickhouse.command(
    'CREATE TABLE crypto.tickers_rows (symbol String, event_time DateTime64(3), close_price Decimal64(8), id UInt64) ENGINE = ReplacingMergeTree ORDER BY (symbol, event_time)',
  );
  await clickhouse.command(
    'CREATE VIEW crypto.tickers AS SELECT * FROM crypto.tickers_rows FINAL SETTINGS do_not_merge_across_partitions_select_final = 1',
  );
  await clickhouse.insert(
    'crypto.tickers_rows',
    ['symbol', 'event_time', 'close_price', 'id'],
    [
      ['BTCUSDT', '2026-01-27 10:00:00.000', '68123.45', 1],
      ['BTCUSDT', '2026-01-27 10:00:01.000', '68123.50000001', 2],
      ['ETHUSDT', '2026-01-27 10:00:00.000', '9999999999.99999999', 9_007_199_254_740_993n],
    ],
  );
  const http = await startClickHouseHttp({ engine, ...deps }, { port: 0, ...options });
  const url = `http://127.0.0.1:${http.port}`;
  /** Sends a query as the body of a POST. */
  const post = async (sql: string, search = '', init: RequestInit = {}) => {
    const response = await fetch(`${url}/${search}`, { method: 'POST', body: sql, ...init });
    return {
      status: response.status,
      code: Number(response.headers.get('x-clickhouse-exception-code') ?? 0),
      headers: response.headers,
      text: await response.text(),
    };
  };
  return {
    folder,
    clickhouse,
    http,
    url,
    post,
    close: async () => {
      await http.close();
      await clickhouse.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
