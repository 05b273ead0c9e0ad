import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import { type DatabaseTime, databaseTime, type Postgres } from '@tickfolio/lib/postgres';
import { type RunningService, watchDependency } from '@tickfolio/lib/service';
import { serveGrpc } from '@tickfolio/lib/service/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { createThrottle } from '@tickfolio/lib/throttle';
import { createAccounts } from './accounts/accounts.js';
import { createPasswordHasher } from './accounts/password-hasher.js';
import { createAuth } from './auth.js';
import { startCleanup } from './cleanup.js';
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

/** Starts the auth service. @throws StartError when a port is taken. */
export const startAuth = async (deps: AuthDeps, options: AuthOptions): Promise<RunningService> => {
  const { postgres, clock, time = databaseTime, log, metrics } = deps;
  const limits: AuthLimits = { ...defaultLimits, ...options.limits };
  const hasher = await createPasswordHasher({
    maxConcurrent: limits.maxConcurrentHashes,
    maxWaiting: limits.maxWaitingHashes,
  });
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

  const database = watchDependency(
    { clock, log },
    {
      name: 'auth-database',
      required: true,
      words: 'the database',
      ask: () => postgres.ping(),
      periodMs: limits.healthPeriodMs,
      timeoutMs: limits.healthTimeoutMs,
    },
  );
  const cleanup = startCleanup({ clock, log, metrics: authMetrics, sessions, limits });
  const { address, operationsAddress, tls } = options;
  const served = await serveGrpc(
    { clock, log, metrics },
    {
      address,
      portVariable: 'GRPC_PORT',
      operationsAddress,
      tls,
      answerLevel: 'info',
      drainMs: limits.drainMs,
      maxConnectionAgeMs,
      service: serviceName,
      dependencies: [database],
      add: (server) => serve(server, auth),
      stop: async () => {
        database.close();
        await cleanup.close();
      },
    },
  );
  log.info({ port: served.port }, 'serving accounts and sessions');
  return served;
};
