import { type Address, password, required, serverAddress, serverPort, z } from '../config/config.js';

/**
 * Where PostgreSQL is and who brings its tables up to date: variables for a service's settings.
 * @param env decides, by its `ENV`, whether an example value will do as the password
 */
export const postgresSettings = (env: NodeJS.ProcessEnv, database: string) => ({
  POSTGRES_HOST: required().describe('The PostgreSQL server, or the pooler in front of it.'),
  POSTGRES_PORT: serverPort(5432).describe('The port of `POSTGRES_HOST`.'),
  POSTGRES_USER: required().describe('The role that the service signs in with.'),
  POSTGRES_PASSWORD: password(env.ENV).describe("The role's password."),
  POSTGRES_DB: z.string().default(database).describe('The database, in UTF8.'),
  POSTGRES_SCHEMA: z
    .string()
    .regex(
      /^[a-z_][a-z0-9_]{0,62}$/,
      'must be 1 to 63 lower-case letters a to z, digits and _, of which a digit is not the first',
    )
    .refine((name) => !/^(pg_|information_schema$)/.test(name), 'must not be a schema of PostgreSQL itself')
    .default('public')
    .describe(
      "The schema of the tables and of their migrations, whatever the role's own `search_path` says; services that share a database need one each.",
    ),
  POSTGRES_MIGRATE: z
    .enum(['auto', 'off'], { error: 'must be auto or off' })
    .default('auto')
    .describe('`off`: another process runs the migrations, and the start waits up to a minute for them.'),
  POSTGRES_MIGRATE_ADDR: serverAddress()
    .optional()
    .describe('Where migrations are run, past a pooler for instance. Unset: at `POSTGRES_HOST` and `POSTGRES_PORT`.'),
});

interface Settings {
  readonly POSTGRES_HOST?: string | undefined;
  readonly POSTGRES_PORT: number;
  readonly POSTGRES_USER?: string | undefined;
  readonly POSTGRES_PASSWORD?: string | undefined;
  readonly POSTGRES_SCHEMA: string;
  readonly POSTGRES_MIGRATE: 'auto' | 'off';
  readonly POSTGRES_MIGRATE_ADDR?: Address | undefined;
}

/** What of these settings a database is opened with, besides its name. */
export const postgresServer = (config: Settings) => ({
  host: config.POSTGRES_HOST ?? '',
  port: config.POSTGRES_PORT,
  user: config.POSTGRES_USER ?? '',
  password: config.POSTGRES_PASSWORD ?? '',
  schema: config.POSTGRES_SCHEMA,
  migrate: config.POSTGRES_MIGRATE,
  migrateAt: config.POSTGRES_MIGRATE_ADDR,
});
