import { bffConfig } from '@tickfolio/bff/config';
import { waitUntil } from '@tickfolio/lib/clock';
import { required, z } from '@tickfolio/lib/config';
import { type Postgres, postgresServer, type Tables } from '@tickfolio/lib/postgres';
import type { NamedStore } from '../backup/snapshots.js';
import { definePart } from '../run/part.js';
import {
  allDatabases,
  eventLogSchema,
  jwtSecretFile,
  ordersSchema,
  portfolioSchema,
  realArchive,
  simulatedArchive,
} from '../stores/store-names.js';
import { openingInWords } from '../stores/stores-in-words.js';
import { createTurnMetrics } from '../stores/turn-metrics.js';

/** What else lies in the data folder, where earlier builds had a folder for each database. */
const takenNames: readonly string[] = [allDatabases, realArchive, simulatedArchive, jwtSecretFile];

/** @param onServer whether it is a database of a server, which has other names beside it */
const databaseName = (fallback: string, onServer: boolean) =>
  z
    .string()
    .regex(/^[\w-]{1,63}$/, 'must be 1 to 63 letters A to Z, digits, _ and -')
    .refine(
      (name) => onServer || !/^(pg_|(information_schema|drizzle|public)$)/i.test(name),
      'must not be a schema of PostgreSQL itself',
    )
    .refine(
      (name) => onServer || name.toLowerCase() !== eventLogSchema,
      `must be another name: "${eventLogSchema}" is the schema of the event log`,
    )
    .refine(
      (name) => (onServer ? name : name.toLowerCase()) !== portfolioSchema,
      `must be another name: "${portfolioSchema}" is the database of the portfolio service`,
    )
    .refine(
      (name) => (onServer ? name : name.toLowerCase()) !== ordersSchema,
      `must be another name: "${ordersSchema}" is the database of the orders service`,
    )
    // Not every file system tells capitals from small letters.
    .refine((name) => onServer || !takenNames.includes(name.toLowerCase()), {
      error: ({ input }) =>
        `must be another name: "${input}" is what something else in the data folder is called (${takenNames.join(', ')})`,
    })
    .default(fallback);

/** What the database of accounts is called. */
export const accountsName = (env: NodeJS.ProcessEnv) => ({
  AUTH_POSTGRES_DB: databaseName('auth_db', Boolean(env.POSTGRES_HOST)).describe(
    'The database of accounts, or its schema in the embedded one.',
  ),
});

/** What the database of portfolios is called. */
export const portfoliosName = (env: NodeJS.ProcessEnv) => {
  const onServer = Boolean(env.POSTGRES_HOST);
  const accounts = env.AUTH_POSTGRES_DB || 'auth_db';
  return {
    PROFILE_POSTGRES_DB: databaseName('profile_db', onServer)
      .refine(
        (name) => (onServer ? name !== accounts : name.toLowerCase() !== accounts.toLowerCase()),
        'must be another database than AUTH_POSTGRES_DB',
      )
      .describe('The database of portfolios, or its schema in the embedded one.'),
  };
};

/** Where databases are on a server. */
export const postgresHost = (env: NodeJS.ProcessEnv) => ({
  POSTGRES_HOST: bffConfig(env)
    .shape.POSTGRES_HOST.optional()
    .describe('A PostgreSQL server instead of the embedded databases.'),
});

export interface DatabasePlace {
  readonly name: string;
  readonly migrationsFolder: string;
  /** What is to be there after the migrations. Default nothing is looked for. */
  readonly tables?: Tables;
  /** Bounds the connections to a server. */
  readonly maxConnections?: number;
}

/** Where services open their databases: the server where one is named, else as schemas of one embedded engine. */
export const databases = definePart({
  name: 'databases',
  needs: {},
  settings: (env) => {
    const { shape } = bffConfig(env);
    const onServer = Boolean(env.POSTGRES_HOST);
    return {
      ...accountsName(env),
      ...portfoliosName(env),
      ...postgresHost(env),
      POSTGRES_PORT: shape.POSTGRES_PORT,
      POSTGRES_USER: (onServer ? required() : z.string().optional()).describe('Required beside `POSTGRES_HOST`.'),
      POSTGRES_PASSWORD: (onServer ? required() : z.string().optional()).describe('Required beside `POSTGRES_HOST`.'),
      POSTGRES_SCHEMA: shape.POSTGRES_SCHEMA,
      POSTGRES_MIGRATE: shape.POSTGRES_MIGRATE,
      POSTGRES_MIGRATE_ADDR: shape.POSTGRES_MIGRATE_ADDR,
      POSTGRES_DB: onServer
        ? z
            .undefined({
              error:
                'names one database, but each service of the all-in-one run has its own; set AUTH_POSTGRES_DB (auth_db) and PROFILE_POSTGRES_DB (profile_db) instead',
            })
            .optional()
        : z
            .string()
            .optional()
            .describe('Refused beside `POSTGRES_HOST`, because each service of this run has its own.'),
    };
  },
  start: async ({ config, clock, log, folder, own, service, signal, fail, print, watchStore }) => {
    const stores: NamedStore[] = [];
    const openOnServer = async ({ name: database, ...options }: DatabasePlace): Promise<Postgres> => {
      const { openServerPostgres } = await import('@tickfolio/lib/postgres/server');
      return openServerPostgres({ ...options, ...postgresServer(config), clock, log, signal, database });
    };
    const openEngine = async () => {
      watchStore(allDatabases);
      const { openPgliteEngine } = await import('@tickfolio/lib/postgres/pglite');
      const { removeTakenOver, takeOver } = await import('../stores/take-over.js');
      const former = await formerDatabases(config);
      const isNew = await takeOver({ clock, log, print, signal }, folder.path, former);
      signal.throwIfAborted();
      const watch = createTurnMetrics(service(allDatabases).metrics);
      const engine = await openPgliteEngine({ clock, log, watch, folder: folder.part(allDatabases) });
      if (!isNew) await removeTakenOver(folder.path, { log });
      void engine.failed.then(fail);
      stores.push({ name: allDatabases, hold: engine.hold, linked: false });
      return engine;
    };
    print(openingInWords(config, folder));
    const opening = config.POSTGRES_HOST === undefined ? openEngine() : undefined;
    // Closed with the run, also while it is being opened; a fault is told where the opening is awaited.
    own('databases', {
      close: (until) =>
        waitUntil(
          until,
          Promise.resolve(
            opening?.then(
              ({ close }) => close(),
              () => undefined,
            ),
          ),
        ),
    });
    const engine = await opening;
    let before: Promise<unknown> = Promise.resolve();
    const open = ({ name, ...place }: DatabasePlace): Promise<Postgres> => {
      if (!engine) return openOnServer({ name, ...place });
      const { migrationsFolder, tables } = place;
      // One after the other: what waits for its turn behind the tables of several is told that it took too long.
      const opening = before.then(() => engine.database({ schema: name, migrationsFolder, tables }));
      before = opening.catch(() => undefined);
      return opening;
    };
    return {
      /** The embedded ones, to be held and copied. */
      stores,
      /** Opens a database, brought up to date, that is closed with the run, also while it is being opened. */
      open: async (place: DatabasePlace): Promise<{ readonly postgres: Postgres }> => {
        const opened = open(place);
        own(`database ${place.name}`, { close: async (until) => (await opened.catch(() => undefined))?.close(until) });
        return { postgres: await opened };
      },
    };
  },
});

/** What had an engine to itself until 0.1.0. */
const formerDatabases = async (config: { readonly AUTH_POSTGRES_DB: string; readonly PROFILE_POSTGRES_DB: string }) => {
  const [auth, bff] = await Promise.all([import('@tickfolio/auth/app'), import('@tickfolio/bff/app')]);
  return [
    { name: config.AUTH_POSTGRES_DB, migrationsFolder: auth.migrationsFolder },
    { name: config.PROFILE_POSTGRES_DB, migrationsFolder: bff.migrationsFolder },
  ];
};
