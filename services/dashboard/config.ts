import { clickHouseSettings } from '@tickfolio/lib/clickhouse';
import { environment, logLevel, port, z } from '@tickfolio/lib/config';

/** Where the pages are served. */
const dashboardPlace = () => ({
  HTTP_HOST: z.string().min(1).default('0.0.0.0').describe('The address that HTTP listens on.'),
  DASHBOARD_PORT: port(8083).describe('The port of the dashboard.'),
});

/**
 * What the dashboard reads from the environment.
 * @param env decides, by its `ENV`, whether an example value will do as a password
 */
export const dashboardConfig = (env: NodeJS.ProcessEnv = {}) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    ...dashboardPlace(),
    ...clickHouseSettings(env),
  });

export type DashboardConfig = z.output<ReturnType<typeof dashboardConfig>>;

/** What of it the dashboard itself takes; the rest is for the adapter. */
export const dashboardOptions = (
  config: Pick<DashboardConfig, 'HTTP_HOST' | 'DASHBOARD_PORT' | 'CLICKHOUSE_DATABASE' | 'CLICKHOUSE_TABLE'>,
) => ({
  address: { host: config.HTTP_HOST, port: config.DASHBOARD_PORT },
  database: config.CLICKHOUSE_DATABASE,
  table: config.CLICKHOUSE_TABLE,
});
