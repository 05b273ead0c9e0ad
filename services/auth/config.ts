import { duration, environment, integer, logLevel, parseAddress, port, required, secretFault, z } from '@tickfolio/lib/config';

/** What the auth service reads from the environment. */
export const authConfig = z
  .object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    GRPC_PORT: port(50051),
    POSTGRES_HOST: required(),
    POSTGRES_PORT: port(5432),
    POSTGRES_USER: required(),
    POSTGRES_PASSWORD: required(),
    POSTGRES_DB: z.string().default('auth_db'),
    JWT_SECRET: required(),
    JWT_ACCESS_TTL: duration('15m'),
    /** How long a refresh token lives unused. */
    JWT_REFRESH_TTL: duration('168h'),
    /** After this time a session ends, however busy it is. */
    SESSION_TTL: duration('30d'),
    /** How many logins one name, one address and how many registrations one address may try at once. */
    LOGINS_PER_NAME: integer(10, 1, 1_000_000),
    LOGINS_PER_ADDRESS: integer(100, 1, 1_000_000),
    REGISTRATIONS_PER_ADDRESS: integer(200, 1, 1_000_000),
    /** Where /health, /ready and /metrics are served; `off` for nowhere. */
    METRICS_ADDR: z
      .string()
      .default(':9465')
      .transform((text, ctx) => {
        if (text === 'off') return undefined;
        const parsed = parseAddress(text);
        if (!parsed) ctx.addIssue({ code: 'custom', message: `must be host:port or off, not "${text}"` });
        return parsed;
      }),
  })
  .refine(({ JWT_SECRET, ENV }) => typeof JWT_SECRET !== 'string' || secretFault(JWT_SECRET, ENV ?? '') === undefined, {
    when: () => true, // Also beside other faults, so that all are named at once.
    path: ['JWT_SECRET'],
    error: ({ input }) => {
      const { JWT_SECRET, ENV } = input as { JWT_SECRET: string; ENV: string };
      return secretFault(JWT_SECRET, ENV ?? '') ?? 'cannot be used';
    },
  });

export type AuthConfig = z.output<typeof authConfig>;
