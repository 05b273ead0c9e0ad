import type { Clock } from '../../clock/clock.js';
import type { Address } from '../../config/config.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import type { Tables } from '../tables.js';

export interface ServerPostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Where the tables are. Default `public`. */
  readonly schema?: string | undefined;
  /** `off`: somebody else runs the migrations, and the start waits until they are done. Default `auto`. */
  readonly migrate?: 'auto' | 'off' | undefined;
  /** Where the migrations are run, past a pooler for instance. Default: `host` and `port`. */
  readonly migrateAt?: Address | undefined;
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
  /** What is to be there after the migrations, or nothing is started. Default nothing is looked for. */
  readonly tables?: Tables | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** Shows the pool's connections; absent: nowhere. */
  readonly metrics?: Metrics;
  /** How many connections are open at most. Default 10. */
  readonly maxConnections?: number;
  /** How long a connection attempt, and the wait for a free connection, may take. Default 5 000. */
  readonly connectTimeoutMs?: number;
  /** After this time the server ends a statement; a little later the connection counts as dead. Default 10 000. */
  readonly statementTimeoutMs?: number;
  /** How long a connection is used before another takes its place. Default 600 000. */
  readonly connectionLifetimeMs?: number;
  /** How long to wait for a server that is not up yet. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** How long a pooler may repeat one refusal until it counts as final. Default 5 000. */
  readonly refusalPatienceMs?: number;
  /** How long the migrations may take, with the wait for another starter's. Default 120 000. */
  readonly migrationTimeoutMs?: number;
  /** How long `close` waits for running statements. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Ends the wait for the server. */
  readonly signal?: AbortSignal;
}
