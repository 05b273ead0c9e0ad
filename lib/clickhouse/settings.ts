import { type Address, addressFault, parseAddress, password, z } from '../config/config.js';
import { usualArchive } from '../events/archive.js';

const nativePort = 9000;

/** The HTTP interface of ClickHouse as `host:port`. */
const httpAddress = () =>
  z
    .string({ error: 'is required (host:port)' })
    .transform((text, ctx): Address => {
      const address = parseAddress(text);
      const fault = addressFault(text, true);
      if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault });
      if (address?.port === nativePort) {
        const message = `must name ClickHouse's HTTP port (8123); ${nativePort} is the one of its native protocol`;
        ctx.addIssue({ code: 'custom', message });
      }
      return address ?? { host: '', port: 0 };
    })
    .meta({ kind: '`host:port`' });

/** A name that needs no quoting in SQL. */
const identifier = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(
      (text) => /^[A-Za-z_]\w{0,63}$/.test(text),
      'must be 1 to 64 letters A to Z, digits and _, of which a digit is not the first',
    );

/**
 * Where ClickHouse is, and what the archive is called there: variables for a service's settings.
 * @param env decides, by its `ENV`, whether an example value will do as the password
 */
export const clickHouseSettings = (env: NodeJS.ProcessEnv) => ({
  CLICKHOUSE_ADDR: httpAddress().describe("ClickHouse's HTTP port (8123), not the native one."),
  CLICKHOUSE_USER: z.string().default('default').describe('The user at ClickHouse.'),
  CLICKHOUSE_PASSWORD: password(env.ENV).default('').describe('The password of `CLICKHOUSE_USER`.'),
  CLICKHOUSE_DATABASE: identifier(usualArchive.database).describe('The database of the archive.'),
  CLICKHOUSE_TABLE: identifier(usualArchive.table).describe(
    'The view that shows the tickers; other tables are named after it.',
  ),
});

/** What of these settings a server is opened with, besides its address. */
export const clickHouseLogin = (config: {
  readonly CLICKHOUSE_USER: string;
  readonly CLICKHOUSE_PASSWORD: string;
}) => ({
  user: config.CLICKHOUSE_USER,
  password: config.CLICKHOUSE_PASSWORD,
});
