import { clickHouseLogin } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { traceClickHouse } from '@tickfolio/lib/clickhouse/tracing';
import { runService } from '@tickfolio/lib/service';
import { startDashboard } from './app.js';
import { dashboardConfig, dashboardOptions } from './config.js';

const surroundings = { env: process.env, random: Math.random };

await runService('dashboard', dashboardConfig(process.env), surroundings, async ({ config, life, ...part }) => {
  const login = clickHouseLogin(config);
  const clickhouse = life.own(
    'clickhouse',
    openServerClickHouse({ ...part, ...login, address: config.CLICKHOUSE_ADDR }),
  );
  const options = dashboardOptions(config);
  const { port } = life.own(
    'http',
    await startDashboard({ ...part, clickhouse: traceClickHouse(clickhouse) }, options),
  );
  part.log.info({ host: options.address.host, port }, 'serving the dashboard');
});
