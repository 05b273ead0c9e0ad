import { migrationsFolder, startAuth } from '@tickfolio/auth/app';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { serveParent } from '../measure/child.js';
import { readUsage } from '../measure/usage.js';

// The auth service as it is, on a real PostgreSQL; only its throttles are out of the way.

const log = silentLogger();
const unlimited = { burst: 1_000_000_000, refillMs: 1 };

const tasks = {
  /** @returns the port of its gRPC */
  start: async (
    server: { host: string; port: number; user: string; password: string },
    database: string,
  ): Promise<number> => {
    const metrics = createMetrics('auth');
    const postgres = await openServerPostgres({ ...server, database, migrationsFolder, log, clock });
    const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    const throttles = { loginsPerName: unlimited, loginsPerAddress: unlimited, registrationsPerAddress: unlimited };
    const options = {
      address: { host: '127.0.0.1', port: 0 },
      jwtSecret: 'a secret of the benchmark only, and long enough',
      holders: ['auth'],
    };
    const { port } = await startAuth({ postgres, eventLog, clock, log, metrics }, { ...options, limits: throttles });
    return port;
  },
  usage: async () => readUsage(),
};

export type AuthServer = typeof tasks;

serveParent(tasks);
