import pg from 'pg';
import { type Clock, sleep } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import { type SessionOptions, setSessionSql } from '../session-settings.js';
import { databaseFault } from '../sql-error.js';

export interface ServerPoolOptions extends SessionOptions {
  readonly address: Required<Pick<pg.ClientConfig, 'host' | 'port' | 'user' | 'password' | 'database'>>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Shows the connections; absent: nowhere. */
  readonly metrics: Metrics | undefined;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** How long a connection is used: a name that points elsewhere is followed after this time at the latest. */
  readonly lifetimeMs: number;
  readonly closeTimeoutMs: number;
}

/**
 * Whose the session behind a connection is: `own`, with our settings; or `shared` through a pooler, where another
 * transaction may find another session, so that each brings its settings along.
 */
export type SessionKind = 'own' | 'shared';

export interface ServerPool {
  /**
   * Runs work on one connection, which goes back afterwards; what is doubtful, old, or from before a renewal is closed.
   * @throws AppError unavailable when no connection is to be had
   */
  use<T>(work: (client: pg.PoolClient, session: SessionKind) => Promise<T>): Promise<T>;
  /** Every connection of now is used no more: new ones look up the name and may find another server. */
  renew(): void;
  /** Lets running work end, within a bound. Idempotent. */
  close(until?: AbortSignal): Promise<void>;
}

/** Past its own limit a statement gets this long for its answer to arrive. */
export const answerGraceMs = 2_000;
const idleConnectionMs = 30_000;
/** Many may find at once that the server is the wrong one. */
const minRenewalMs = 1_000;

interface Opened {
  readonly session: SessionKind;
  readonly atMs: number;
  readonly renewal: number;
}

export const createServerPool = (options: ServerPoolOptions): ServerPool => {
  const { address, log, clock, maxConnections, connectTimeoutMs, statementTimeoutMs, lifetimeMs, closeTimeoutMs } =
    options;
  const opened = new WeakMap<pg.ClientBase, Opened>();
  let renewal = 0;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let closing: Promise<void> | undefined;

  /** Sets up a session where it is ours: a pooler makes up the process id of the connection that it gives out. */
  const setUp = async (client: pg.ClientBase & { readonly processID?: number | null }) => {
    const text = `${setSessionSql(options, 'session')} where pg_backend_pid() = ${client.processID ?? 0}`;
    const { rowCount } = await client.query({ text, query_timeout: connectTimeoutMs } as pg.QueryConfig);
    opened.set(client, { session: rowCount === 1 ? 'own' : 'shared', atMs: clock.monotonic(), renewal });
  };
  const pool = new pg.Pool({
    ...address,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleConnectionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: statementTimeoutMs + answerGraceMs,
    onConnect: setUp,
  });
  // Without listeners a broken connection would end the process: the pool listens to the idle ones only.
  pool.on('connect', (client) =>
    client.on('error', (err) => log.warn({ reason: err.message }, 'a database connection broke')),
  );
  pool.on('error', () => undefined);
  if (options.metrics) showPool(options.metrics, pool);

  const usable = (client: pg.ClientBase): Opened | undefined => {
    const one = opened.get(client);
    return one && one.renewal === renewal && clock.monotonic() - one.atMs < lifetimeMs ? one : undefined;
  };
  const connect = async (): Promise<[pg.PoolClient, Opened]> => {
    for (;;) {
      const client = await pool.connect().catch((cause: unknown) => {
        throw new AppError('unavailable', 'The database cannot be reached.', { cause, retryAfterMs: 1_000 });
      });
      const one = usable(client);
      if (one) return [client, one];
      client.release(true);
    }
  };
  const renew = () => {
    if (clock.monotonic() - renewedAtMs < minRenewalMs) return;
    renewedAtMs = clock.monotonic();
    renewal += 1;
  };
  return {
    use: async (work) => {
      const [client, { session }] = await connect();
      let doubtful = true;
      try {
        const result = await work(client, session);
        doubtful = false;
        return result;
      } catch (err) {
        // What the work itself throws says nothing about the connection.
        const fault = err instanceof AppError ? 'refused' : databaseFault(err);
        if (fault === 'read-only') renew();
        doubtful = fault === 'away' || fault === 'read-only';
        throw err;
      } finally {
        client.release(doubtful || !usable(client) || client.getTransactionStatus() !== 'I');
      }
    },
    renew,
    close: (until) => {
      closing ??= Promise.race([pool.end(), sleep(clock, closeTimeoutMs, until)]);
      return closing;
    },
  };
};

const showPool = (metrics: Metrics, pool: pg.Pool) => {
  metrics.gauge({
    name: 'postgres_connections',
    help: 'Connections to PostgreSQL by state: busy, idle; and waiting, the callers for whom there is none',
    labelNames: ['state'],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
};
