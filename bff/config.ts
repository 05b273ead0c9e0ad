import { clickHouseSettings } from '@tickfolio/lib/clickhouse';
import {
  addressFault,
  addressList,
  duration,
  environment,
  flag,
  hostPort,
  integer,
  jwtSecret,
  logLevel,
  parts,
  port,
  serverAddress,
  z,
} from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import { postgresSettings } from '@tickfolio/lib/postgres';
import { basePath, publicUrls } from './api/public-url.js';
import { neighbourSettings, neighboursWithout } from './neighbour-settings.js';
import { trustedProxies } from './proxies/trusted-proxies.js';

export { type NeighbourName, neighbourSettings } from './neighbour-settings.js';

/** A comma-separated list. */
const list = () =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    );

const origins = () =>
  list()
    .superRefine((all, ctx) => {
      for (const origin of all) {
        const good = URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase();
        if (!good)
          ctx.addIssue({
            code: 'custom',
            message: `must list origins such as https://app.example.com, not "${origin}"`,
          });
      }
    })
    .meta({ kind: 'origins such as `https://app.example.com`, separated by commas' });

/** A name without a port that a browser takes for its own page's or one above. */
const hostName = () =>
  z
    .string()
    .regex(/^(?=.*[a-z])[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/, 'must be a host name such as example.com')
    .meta({ kind: 'host name' });

/** Each `host:port` or a whole http(s) URL, separated by commas. */
const httpAddresses = () =>
  z
    .string({ error: 'is required (host:port)' })
    .transform((texts, ctx) =>
      texts.split(',').map((part) => {
        const text = part.trim();
        const isUrl = /^https?:\/\//.test(text);
        const target = isUrl ? text.replace(/\/+$/, '') : `http://${text}`;
        const isAddress = /^[^/:]+:\d+$|^\[[^\]]+\]:\d+$/.test(text) && addressFault(text, true) === undefined;
        const good = URL.canParse(target) && new URL(target).port !== '0' && (isUrl || isAddress);
        if (!good)
          ctx.addIssue({
            code: 'custom',
            message: `must be host:port or an http URL, or several separated by commas, not "${text}"`,
          });
        return target;
      }),
    )
    .meta({ kind: '`host:port` or a URL, several separated by commas' });

/**
 * The settings of the BFF run as a service of its own; it needs all its servers and has no embedded counterparts.
 * @param env decides, by its `ENV`, whether an example value will do as a secret
 */
export const bffConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    HTTP_HOST: z.string().default('0.0.0.0').describe('The address that HTTP listens on.'),
    HTTP_PORT: port(8080).describe('The port of REST, the WebSocket and the page.'),
    ...postgresSettings(env, 'profile_db'),
    POSTGRES_MAX_CONNECTIONS: integer(10, 1, 1_000).describe('Connections to the database at once, at most.'),
    JWT_SECRET: jwtSecret(env.ENV),
    REDIS_ADDR: serverAddress().describe('Redis, for live prices and notices between replicas.'),
    REDIS_SHARDED_PUBSUB: flag(false).describe(
      'Sharded channels (SPUBLISH, SSUBSCRIBE); the same at every service. Redis 7 or later.',
    ),
    BROKERS: addressList().describe('Kafka, for what happens to accounts.'),
    PARTS: parts(),
    ...neighbourSettings,
    AUDIT_INTERVAL: duration('1m').describe(
      'How often what is shown of 1,000 portfolios is compared with what the portfolio service has. The alert `ShownAuditOld` calls it overdue after twice as long, at the soonest after 10 minutes.',
    ),
    AGGREGATOR_ADDR: httpAddresses().describe(
      'One aggregator or several; a name with several addresses stands for as many.',
    ),
    PUBLIC_URL: publicUrls().describe(
      'Where people open the page, as in the address bar, path included. When set, only pages of these addresses and of `ALLOWED_ORIGINS` may ask.',
    ),
    BASE_PATH: basePath(env.PUBLIC_URL).describe(
      'The path under which a proxy shows the page, whether or not it takes it off. Unset: the path of `PUBLIC_URL`.',
    ),
    TRUST_PROXY: trustedProxies().describe(
      'The proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are believed. `true`, everybody, is refused.',
    ),
    ALLOWED_ORIGINS: origins().describe(
      "Pages of other origins, of the same site, that may call from a browser with the user's cookie.",
    ),
    PASSKEY_RP_ID: hostName()
      .optional()
      .refine((name) => name === undefined || Boolean(env.PUBLIC_URL), 'wants PUBLIC_URL set too')
      .describe(
        'The host name of all passkeys: that of the page, or a domain above it, which wants `PUBLIC_URL`. Unset: that of the page. A change voids all.',
      ),
    STALE_AFTER: duration('60s').describe('The age from which a price counts as old.'),
    PUSH_WINDOW: duration('5ms').describe('Prices that come within this time go out in one frame.'),
    FRAME_EVERY: duration('1s').describe('A frame goes out so often also without a change.'),
    MAX_COINS: integer(500, 1, 10_000).describe(
      'Assets of one portfolio; where the portfolio service keeps them, none is added beyond 500.',
    ),
    MAX_SOCKETS: integer(20_000, 1, 1_000_000).describe('WebSockets of one replica.'),
    MAX_SOCKETS_PER_USER: integer(20, 1, 10_000).describe('WebSockets of one user at one replica.'),
    AUTH_RATE_LIMIT: integer(60, 1, 1_000_000).describe(
      'Calls of the account routes from one client address in `AUTH_RATE_WINDOW`.',
    ),
    AUTH_RATE_WINDOW: duration('1m').describe('The window of `AUTH_RATE_LIMIT`.'),
    // The archive of prices, for charts; without it the page draws what happens now.
    ...clickHouseSettings(env),
    CLICKHOUSE_ADDR: clickHouseSettings(env)
      .CLICKHOUSE_ADDR.optional()
      .describe('Unset: no archive; charts of assets come from the exchange alone.'),
    ...grpcTlsSettings,
  });

/** What `npm run audit:trading` reads for what is shown. */
export const shownAuditConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel().default('error'),
    ...postgresSettings(env, 'profile_db'),
    PORTFOLIO_SERVICE_ADDR: neighbourSettings.PORTFOLIO_SERVICE_ADDR,
    ...grpcTlsSettings,
  });

/** Where the portfolio service is, `host:port`. */
export const portfolioTarget = ({
  PORTFOLIO_SERVICE_ADDR,
}: Pick<z.output<ReturnType<typeof shownAuditConfig>>, 'PORTFOLIO_SERVICE_ADDR'>) => hostPort(PORTFOLIO_SERVICE_ADDR);

export type BffConfig = z.output<ReturnType<typeof bffConfig>>;

/** What of the settings the BFF itself takes; the rest is for the adapters. */
export const bffOptions = (
  config: Omit<BffConfig, `POSTGRES_${string}` | `${string}_ADDR` | `GRPC_TLS_${string}` | 'BROKERS' | 'LOG_LEVEL'>,
) => ({
  address: { host: config.HTTP_HOST, port: config.HTTP_PORT },
  jwtSecret: config.JWT_SECRET,
  without: neighboursWithout(config.PARTS),
  secureCookie: config.ENV !== 'local',
  publicUrls: config.PUBLIC_URL,
  basePath: config.BASE_PATH,
  trustProxy: config.TRUST_PROXY,
  allowedOrigins: config.ALLOWED_ORIGINS,
  passkeyRpId: config.PASSKEY_RP_ID,
  staleAfterMs: config.STALE_AFTER,
  pushWindowMs: config.PUSH_WINDOW,
  frameEveryMs: config.FRAME_EVERY,
  maxCoinsPerProfile: config.MAX_COINS,
  maxSockets: config.MAX_SOCKETS,
  maxSocketsPerUser: config.MAX_SOCKETS_PER_USER,
  maxAuthCalls: config.AUTH_RATE_LIMIT,
  authWindowMs: config.AUTH_RATE_WINDOW,
  archiveDatabase: config.CLICKHOUSE_DATABASE,
  archiveTable: config.CLICKHOUSE_TABLE,
  auditPeriodMs: config.AUDIT_INTERVAL,
});
