import { type Address, password, required, serverAddress, serverPort, z } from '../config/config.js';

/**
 * Where PostgreSQL is and who brings its tables up to date: variables for a service's settings.
 * @param env decides, by its `ENV`, whether an example value will do as the password
 */
export const postgresSettings = (env: NodeJS.ProcessEnv, database: string) => ({
  POSTGRES_HOST: required(),
  POSTGRES_PORT: serverPort(5432),
  POSTGRES_USER: required(),
  POSTGRES_PASSWORD: password(env.ENV),
  POSTGRES_DB: z.string().default(database),
  /** Where the tables are, whatever the role's own search_path says. */
  POSTGRES_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be 1 to 63 lower-case letters a to z, digits and _, of which a digit is not the first')
    .refine((name) => !/^(pg_|information_schema$)/.test(name), 'must not be a schema of PostgreSQL itself')
    .default('public'),
  /** `off` leaves the migrations to another process and waits for them. */
  POSTGRES_MIGRATE: z.enum(['auto', 'off'], { error: 'must be auto or off' }).default('auto'),
  /** Where they are run: PostgreSQL itself, where POSTGRES_HOST is a pooler. Unset: at POSTGRES_HOST and POSTGRES_PORT. */
  POSTGRES_MIGRATE_ADDR: serverAddress().optional(),
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
