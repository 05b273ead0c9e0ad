import { type Clock, waitUntil } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import { createGrpcServer, type GrpcTls } from '@tickfolio/lib/grpc';
import { addOperations, createHttpServer, type Dependency, listen } from '@tickfolio/lib/http';
import { type DatabaseTime, databaseTime, type Postgres } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { createThrottle } from '@tickfolio/lib/throttle';
import { createAccounts } from './accounts/accounts.js';
import { createPasswordHasher } from './accounts/password-hasher.js';
import { createAuth } from './auth.js';
import { startCleanup } from './cleanup.js';
import { watchDatabase } from './database-health.js';
import { type AuthLimits, defaultLimits } from './limits.js';
import { createAuthMetrics } from './metrics.js';
import { serve, serviceName } from './rpc.js';
import { createListEndedSessions } from './sessions/ended-sessions.js';
import { createSessions } from './sessions/sessions.js';

/** An added replica gets calls within a minute; nothing streams here. */
const maxConnectionAgeMs = 45_000;

export { type AuthLimits, defaultLimits } from './limits.js';
export { migrationsFolder } from './migrations-folder.js';
export { endRestoredSessions, holdsAccounts } from './sessions/restored-sessions.js';

export interface AuthDeps {
  /** Opened with `migrationsFolder`; stays its owner's to close. */
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** What sessions and tokens are judged by. Default the database's own. */
  readonly time?: DatabaseTime;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface AuthOptions {
  readonly address: Address;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** Signs access tokens; see `secretFault`. */
  readonly jwtSecret: string;
  readonly limits?: Partial<AuthLimits>;
}

export interface AuthApp {
  /** Bound port of the gRPC server. */
  readonly port: number;
  readonly operationsPort: number | undefined;
  /** What the service needs and whether it has it, for somebody else's /ready too. */
  readonly dependencies: readonly Dependency[];
  /** Open calls end, within a bound. */
  close(until?: AbortSignal): Promise<void>;
}

/** Starts the auth service. @throws StartError when a port is taken. */
export const startAuth = async (deps: AuthDeps, options: AuthOptions): Promise<AuthApp> => {
  const { postgres, clock, time = databaseTime, log, metrics } = deps;
  const limits: AuthLimits = { ...defaultLimits, ...options.limits };
  const hasher = await createPasswordHasher({ maxConcurrent: limits.maxConcurrentHashes, maxWaiting: limits.maxWaitingHashes });
  const sessions = createSessions(postgres.db, { time, clock, ...limits });
  const authMetrics = createAuthMetrics(metrics, () => hasher.waiting);
  const auth = createAuth({
    accounts: createAccounts(postgres.db),
    sessions,
    listEndedSessions: createListEndedSessions(postgres.db, { time, accessTtlMs: limits.accessTtlMs }),
    hasher,
    throttles: {
      name: createThrottle({ clock, ...limits.loginsPerName }),
      address: createThrottle({ clock, ...limits.loginsPerAddress }),
      registration: createThrottle({ clock, ...limits.registrationsPerAddress }),
    },
    metrics: authMetrics,
    jwtSecret: options.jwtSecret,
    accessTtlMs: limits.accessTtlMs,
  });

  const server = createGrpcServer({ log, metrics, answerLevel: 'info', drainMs: limits.drainMs, tls: options.tls, maxConnectionAgeMs });
  serve(server, auth);
  let draining = false;
  const operations = createHttpServer({ log });
  const announce = (up: boolean) => {
    for (const name of ['', serviceName]) server.setServing(name, up);
  };
  const database = watchDatabase({
    postgres,
    clock,
    log,
    limits,
    changed: announce,
  });
  const dependencies: Dependency[] = [{ name: 'auth-database', required: true, check: () => database.fault }];
  addOperations(operations, { metrics, dependencies, draining: () => draining });
  const cleanup = startCleanup({ clock, log, metrics: authMetrics, sessions, limits });

  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    draining = true;
    database.close();
    await server.close();
    await cleanup.close();
    await operations.close();
  };
  const close = (until?: AbortSignal) => {
    closing ??= waitUntil(until, closeAll());
    return closing;
  };
  try {
    await database.known;
    const port = await server.listen(options.address, 'GRPC_PORT');
    announce(database.fault === undefined);
    const operationsPort = options.operationsAddress && (await listen(operations, options.operationsAddress, 'METRICS_ADDR'));
    log.info({ port }, 'serving accounts and sessions');
    return { port, operationsPort, dependencies, close };
  } catch (err) {
    await close();
    throw err;
  }
};
