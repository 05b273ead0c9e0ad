import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import { type DatabaseTime, databaseTime, type Postgres, tablesIn } from '@tickfolio/lib/postgres';
import { createSealer, sealingKey } from '@tickfolio/lib/sealed';
import { type RunningService, watchDependency } from '@tickfolio/lib/service';
import { serveGrpc } from '@tickfolio/lib/service/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { serveAccount } from './account-rpc.js';
import { createPasswordHasher, type PasswordCost } from './accounts/password-hasher.js';
import { startCleanup } from './cleanup.js';
import { followErasedAnswers } from './deletion/erased-answers.js';
import { startErasing } from './deletion/erasing.js';
import { createErasures } from './deletion/erasures.js';
import { serveEvents } from './events/event-rpc.js';
import { source, startUserEvents } from './events/user-events.js';
import { startResealing } from './factors/resealing.js';
import { type AuthLimits, defaultLimits } from './limits.js';
import { createAuthMetrics } from './metrics.js';
import { createRooms } from './rooms.js';
import { serve, serviceName } from './rpc.js';
import * as schema from './schema.js';

/** Before the others send what they had still to say: a log in memory forgets what nobody has asked for. */
const maxAnswersAfterMs = 1_000;
/** An added replica gets calls within a minute; nothing streams here. */
const maxConnectionAgeMs = 45_000;

export { type AuthLimits, defaultLimits } from './limits.js';
export { migrationsFolder } from './migrations-folder.js';
export { endRestoredSessions, holdsAccounts } from './sessions/restored-sessions.js';
/** What is looked for at the start. */
export const tables = tablesIn(schema);

export interface AuthDeps {
  /** Opened with `migrationsFolder`; stays its owner's to close. */
  readonly postgres: Postgres;
  /** With `userEvents` among its topics. It may be away: what happens waits in the database. */
  readonly eventLog: Pick<EventLog, 'append' | 'consume' | 'check'>;
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
  /** What sealing is done with; absent: the JWT secret, and once that changes nothing can be opened any more. */
  readonly sealSecret?: string | undefined;
  /** Names of accounts whose tokens say that they are operators'. */
  readonly operators?: readonly string[];
  /** The services that hold something of users, this one included: each says when it has erased a deleted account. */
  readonly holders: readonly string[];
  readonly limits?: Partial<AuthLimits>;
  /** Default what `createPasswordHasher` takes. Not a setting: nobody can make guessing cheap by mistake. */
  readonly passwordCost?: PasswordCost | undefined;
}

/** Starts the auth service. @throws StartError when a port is taken. */
export const startAuth = async (deps: AuthDeps, options: AuthOptions): Promise<RunningService> => {
  const { postgres, eventLog, clock, time = databaseTime, log, metrics } = deps;
  const limits: AuthLimits = { ...defaultLimits, ...options.limits };
  const hasher = await createPasswordHasher({
    maxConcurrent: limits.maxConcurrentHashes,
    maxWaiting: limits.maxWaitingHashes,
    cost: options.passwordCost,
  });
  const authMetrics = createAuthMetrics(metrics, () => hasher.waiting);
  const { jwtSecret, sealSecret, operators = [], holders } = options;
  const jwtKey = sealingKey(jwtSecret);
  const sealer = sealSecret === undefined ? createSealer(jwtKey) : createSealer(sealingKey(sealSecret), [jwtKey]);
  const events = startUserEvents(
    { db: postgres.db, time, clock, log, metrics, eventLog },
    { pollMs: limits.relayPollMs },
  );
  const erasures = createErasures(postgres.db, time);
  const erasing = startErasing(
    { db: postgres.db, erasures, clock, log, metrics: authMetrics, holders },
    { service: source },
  );
  const answers = followErasedAnswers(
    { eventLog, erasures, clock, log },
    Math.min(limits.relayPollMs, maxAnswersAfterMs),
  );
  const rooms = createRooms(
    {
      db: events.db,
      tell: events.tell,
      deleted: erasing.wake,
      time,
      clock,
      log,
      hasher,
      metrics: authMetrics,
      sealer,
    },
    { jwtSecret, operators, holders, limits },
  );

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
  const cleanup = startCleanup({ clock, log, metrics: authMetrics, deleteOver: rooms.deleteOver, limits });
  const resealing = startResealing({ db: postgres.db, clock, log, sealer, limits });
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
      dependencies: [database, { name: 'event-log', required: false, check: () => eventLog.check() }],
      add: (server) => {
        serve(server, rooms.auth);
        serveAccount(server, rooms);
        serveEvents(server, events.list);
      },
      stop: async (until) => {
        database.close();
        await cleanup.close();
        await resealing.close();
        await erasing.close();
        await answers.close(until);
        await rooms.close();
        await events.close(until);
      },
    },
  );
  log.info({ port: served.port }, 'serving accounts and sessions');
  return served;
};
