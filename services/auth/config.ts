import { availableParallelism } from 'node:os';
import { maxAccessTtl } from '@tickfolio/lib/access-token';
import {
  addressList,
  addressOrOff,
  duration,
  environment,
  integer,
  jwtSecret,
  logLevel,
  parts,
  port,
  z,
} from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import { postgresSettings } from '@tickfolio/lib/postgres';
import { isPart, type Parts, serviceNames, services } from '@tickfolio/services/registry';
import { isPossibleName } from './accounts/credentials.js';
import { type AuthLimits, defaultLimits } from './limits.js';

/** Names as accounts have them. */
const operatorNames = () =>
  z
    .string()
    .default('')
    .transform((text, ctx): string[] => {
      const names = text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      const bad = names.find((name) => !isPossibleName(name));
      if (bad !== undefined)
        ctx.addIssue({ code: 'custom', message: `must be names of accounts, separated by commas, not "${bad}"` });
      return names;
    })
    .meta({ kind: 'names, separated by commas' });

/**
 * What the auth service reads from the environment.
 * @param env decides, by its `ENV`, whether an example value will do as a secret
 */
export const authConfig = (env: NodeJS.ProcessEnv) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    GRPC_PORT: port(50051).describe("Where auth's gRPC is served."),
    ...postgresSettings(env, 'auth_db'),
    POSTGRES_MAX_CONNECTIONS: integer(10, 1, 1_000).describe('Connections to the database at once, at most.'),
    BROKERS: addressList().describe('Kafka, for what happens to accounts.'),
    PARTS: parts(),
    JWT_SECRET: jwtSecret(env.ENV),
    SEAL_SECRET: jwtSecret(env.ENV)
      .optional()
      .describe(
        'Seals the secrets of authenticator apps. Unset: made from `JWT_SECRET`, and a change of that loses them.',
      ),
    OPERATORS: operatorNames().describe(
      'Names of accounts that are operators, separated by commas. Register them first: whoever has the name is one.',
    ),
    JWT_ACCESS_TTL: duration('15m', maxAccessTtl.text).describe('How long an access token is valid.'),
    JWT_REFRESH_TTL: duration('168h', '3650d').describe('How long a refresh token is valid unused.'),
    SESSION_TTL: duration('30d', '3650d').describe('After this time a session ends, however busy it is.'),
    LOGINS_PER_NAME: integer(10, 1, 1_000_000).describe('Logins under one name at once; then one more every 30 s.'),
    LOGINS_PER_ADDRESS: integer(100, 1, 1_000_000).describe(
      'Failed logins from one client address at once; then one more every second.',
    ),
    REGISTRATIONS_PER_ADDRESS: integer(200, 1, 1_000_000).describe(
      'Registrations from one client address at once; then one more every 2 s.',
    ),
    METRICS_ADDR: addressOrOff(':9465').describe('Where `/health`, `/ready` and `/metrics` are served.'),
    ...grpcTlsSettings,
  });

export type AuthConfig = z.output<ReturnType<typeof authConfig>>;

/** What of the settings bounds the service; the rest is for the adapters. */
export const authLimits = (
  config: Omit<
    AuthConfig,
    `POSTGRES_${string}` | 'BROKERS' | 'PARTS' | 'JWT_SECRET' | 'SEAL_SECRET' | 'OPERATORS' | 'LOG_LEVEL'
  >,
): Partial<AuthLimits> => ({
  accessTtlMs: config.JWT_ACCESS_TTL,
  refreshTtlMs: config.JWT_REFRESH_TTL,
  sessionTtlMs: config.SESSION_TTL,
  loginsPerName: { ...defaultLimits.loginsPerName, burst: config.LOGINS_PER_NAME },
  loginsPerAddress: { ...defaultLimits.loginsPerAddress, burst: config.LOGINS_PER_ADDRESS },
  registrationsPerAddress: { ...defaultLimits.registrationsPerAddress, burst: config.REGISTRATIONS_PER_ADDRESS },
  maxConcurrentHashes: Math.max(2, availableParallelism()),
});

/** Who of an installation holds something of users: that it was erased is waited for, however long one of them is away. */
export const holdersOf = (parts: Parts): readonly string[] =>
  serviceNames.filter((name) => services[name].holdsUsers && isPart(name, parts));

/** How the service runs as a process of its own. */
export const authOptions = (config: AuthConfig) => ({
  address: { host: '0.0.0.0', port: config.GRPC_PORT },
  operationsAddress: config.METRICS_ADDR,
  jwtSecret: config.JWT_SECRET,
  sealSecret: config.SEAL_SECRET,
  operators: config.OPERATORS,
  holders: holdersOf(config.PARTS),
  limits: authLimits(config),
});
