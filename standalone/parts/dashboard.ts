import { dashboardConfig, dashboardOptions } from '@tickfolio/dashboard/config';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { brokersOf } from '../stores/stores-in-words.js';
import { archiver, batchTimeout } from './archiver.js';
import { clickhouse } from './clickhouse.js';
import { exchange } from './exchange-sim.js';
import { eventLogSettings } from './messages.js';

/** Undefined where there is no archive on this machine. */
export const dashboard = definePart({
  name: 'dashboard',
  needs: { archiver, clickhouse, exchange },
  settings: (env) => ({ ...inRun(dashboardConfig(env).shape), ...eventLogSettings(env), BATCH_TIMEOUT: batchTimeout }),
  listens: ({ HTTP_HOST, DASHBOARD_PORT }) => [
    { variable: 'DASHBOARD_PORT', address: { host: HTTP_HOST, port: DASHBOARD_PORT } },
  ],
  start: async ({ config, service }, given) => {
    if (typeof given.clickhouse === 'string') return undefined;
    const { startDashboard } = await import('@tickfolio/dashboard/app');
    const { traceClickHouse } = await import('@tickfolio/lib/clickhouse/tracing');
    const kind = brokersOf(config) === undefined ? 'memory' : 'kafka';
    return startDashboard(
      { ...service('dashboard'), clickhouse: traceClickHouse(given.clickhouse.clickhouse) },
      {
        ...dashboardOptions(config),
        simulated: given.exchange.simulated,
        tickerLog: { kind, batchMs: config.BATCH_TIMEOUT },
      },
    );
  },
});
