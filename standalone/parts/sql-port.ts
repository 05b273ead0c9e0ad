import { addressOrOff } from '@tickfolio/lib/config';
import { definePart } from '../run/part.js';
import { clickHouseSettings, clickhouse } from './clickhouse.js';

/** The embedded archive for analysts' own tools. Undefined where it is off, or the archive is none or a server's. */
export const sqlPort = definePart({
  name: 'sql port',
  needs: { clickhouse },
  settings: (env) => ({
    ...clickHouseSettings(env),
    CLICKHOUSE_HTTP_ADDR: addressOrOff('127.0.0.1:8123').describe(
      "The archive for analysts' own tools, over ClickHouse's HTTP interface, read only; where the embedded engine is used.",
    ),
  }),
  listens: ({ CLICKHOUSE_ADDR, CLICKHOUSE_HTTP_ADDR }) =>
    CLICKHOUSE_HTTP_ADDR && !CLICKHOUSE_ADDR
      ? [{ variable: 'CLICKHOUSE_HTTP_ADDR', address: CLICKHOUSE_HTTP_ADDR }]
      : [],
  start: async ({ config, service }, given) => {
    const engine = typeof given.clickhouse === 'string' ? undefined : given.clickhouse.engine;
    if (!engine || !config.CLICKHOUSE_HTTP_ADDR) return undefined;
    const { startClickHouseHttp } = await import('@tickfolio/lib/clickhouse/sql-port');
    const { host, port } = config.CLICKHOUSE_HTTP_ADDR;
    const { clock, log } = service('clickhouse');
    return startClickHouseHttp({ engine, clock, log }, { host, port, portVariable: 'CLICKHOUSE_HTTP_ADDR' });
  },
});
