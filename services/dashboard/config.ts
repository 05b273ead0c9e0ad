import { type Address, environment, logLevel, parseAddress, port, z } from '@tickfolio/lib/config';

const nativePort = 9000;

/** The HTTP interface of ClickHouse as `host:port`. */
const clickHouseAddress = () =>
  z.string({ error: 'is required (host:port)' }).transform((text, ctx): Address => {
    const address = parseAddress(text);
    if (!address) ctx.addIssue({ code: 'custom', message: `must be host:port, not "${text}"` });
    if (address?.port === nativePort) {
      ctx.addIssue({ code: 'custom', message: `must name ClickHouse's HTTP port (8123); ${nativePort} is the one of its native protocol` });
    }
    return address ?? { host: '', port: 0 };
  });

/** A name that needs no quoting in SQL. */
const identifier = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((text) => /^[A-Za-z_]\w{0,63}$/.test(text), 'must consist of letters, digits and _');

/** Where the pages are served. */
export const dashboardPlace = () => ({
  HTTP_HOST: z.string().min(1).default('0.0.0.0'),
  DASHBOARD_PORT: port(8083),
});

/** What the dashboard reads from the environment. */
export const dashboardConfig = () =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    ...dashboardPlace(),
    CLICKHOUSE_ADDR: clickHouseAddress(),
    CLICKHOUSE_USER: z.string().default('default'),
    CLICKHOUSE_PASSWORD: z.string().default(''),
    CLICKHOUSE_DATABASE: identifier('crypto'),
    CLICKHOUSE_TABLE: identifier('market_tickers'),
  });

export type DashboardConfig = z.output<ReturnType<typeof dashboardConfig>>;

/** What of it the dashboard itself takes; the rest is for the adapter. */
export const dashboardOptions = (
  config: Pick<DashboardConfig, 'HTTP_HOST' | 'DASHBOARD_PORT' | 'CLICKHOUSE_DATABASE' | 'CLICKHOUSE_TABLE'>,
) => ({
  host: config.HTTP_HOST,
  port: config.DASHBOARD_PORT,
  database: config.CLICKHOUSE_DATABASE,
  table: config.CLICKHOUSE_TABLE,
});
