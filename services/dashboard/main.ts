import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { traceClickHouse } from '@tickfolio/lib/clickhouse/tracing';
import { systemClock } from '@tickfolio/lib/clock';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { startDashboard } from './app.js';
import { dashboardConfig, dashboardOptions } from './config.js';

const config = readSettings('dashboard', dashboardConfig(process.env), process.env);
const clock = systemClock;
const log = createLogger('dashboard', config.LOG_LEVEL);
const metrics = createMetrics('dashboard', { process: true });

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'dashboard', env: process.env, log, clock: systemClock, random: Math.random }));
    const clickhouse = traceClickHouse(
      life.own(
        'clickhouse',
        openServerClickHouse({
          address: config.CLICKHOUSE_ADDR,
          user: config.CLICKHOUSE_USER,
          password: config.CLICKHOUSE_PASSWORD,
          log,
          clock,
        }),
      ),
    );
    const dashboard = life.own('http', await startDashboard({ clickhouse, clock, log, metrics }, dashboardOptions(config)));
    log.info({ host: config.HTTP_HOST, port: dashboard.port }, 'serving the dashboard');
  },
  { log },
);
