import { migrationsFolder, startBff } from '@tickfolio/bff/app';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { createManualClock, sleep, systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { serveParent } from '../measure/child.js';
import { standInAggregator, standInNeighbours } from '../measure/stand-ins.js';
import { readUsage } from '../measure/usage.js';

// The BFF as it is, on a real PostgreSQL and between stand-ins of its neighbours. Its clock, and with it what
// it takes for the database's, is moved by the benchmark, minute by minute.

const jwtSecret = 'a secret of the benchmark only, and long enough';
const log = silentLogger();
const metrics = createMetrics('bff');
/** In the middle of an hour and of a day, so that only what is meant begins anew. */
const clock = createManualClock(Math.floor(Date.now() / 86_400_000) * 86_400_000 + 12.5 * 3_600_000);
const minuteMs = 60_000;
const lookEveryMs = 5;
const stepMs = 2_000;
/** Longer than any round that would still be one a minute. */
const roundWithinMs = 80_000;

let postgres: Postgres | undefined;
const isSo = async (condition: string): Promise<boolean> => {
  const [row] =
    (await postgres?.db.select({ is: sql<boolean>`is_so` }).from(sql.raw(`(select ${condition} as is_so) asked`))) ??
    [];
  return row?.is === true;
};
/** @returns how many milliseconds passed until then */
const until = async (condition: string): Promise<number> => {
  const startedAt = performance.now();
  while (!(await isSo(condition))) {
    if (performance.now() - startedAt > roundWithinMs)
      throw new Error(`was not so within ${roundWithinMs} ms: ${condition}`);
    await sleep(systemClock, lookEveryMs);
  }
  return performance.now() - startedAt;
};

const tasks = {
  /** @returns the port it listens on, and what time it has */
  start: async (
    server: { host: string; port: number; user: string; password: string },
    database: string,
    symbols: readonly string[],
  ) => {
    postgres = await openServerPostgres({ ...server, database, migrationsFolder, log, clock: systemClock });
    const pubsub = createMemoryPubSub({ log });
    const priceBus = createPriceBus(pubsub);
    for (const symbol of symbols)
      priceBus.setLast({ symbol, price: '68123.45', timeMs: clock.now(), tradeId: 1, simulated: false });
    const around = { neighbours: standInNeighbours, aggregator: standInAggregator(symbols, clock.now) };
    const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    const deps = { ...around, postgres, priceBus, pubsub, eventLog, clock, time: timeOf(clock), log, metrics };
    const { port } = await startBff(deps, { address: { host: '127.0.0.1', port: 0 }, jwtSecret, secureCookie: false });
    await until(`to_regclass('value_rounds') is not null`);
    return { port, nowMs: clock.now() };
  },
  /** Lets a minute begin. @returns how many milliseconds its round took */
  round: async (): Promise<number> => {
    const minute = new Date((Math.floor(clock.now() / minuteMs) + 1) * minuteMs).toISOString();
    // The aggregator is asked every few seconds: without its answers nobody knows which kind of prices there are.
    for (let leftMs = minuteMs - stepMs; leftMs > 0; leftMs -= stepMs) {
      clock.advance(stepMs);
      await sleep(systemClock, lookEveryMs);
    }
    clock.advance(stepMs);
    return until(`exists (select from value_rounds where minute = '${minute}' and done_at is not null)`);
  },
  /** Lets a day pass. @returns how many milliseconds it took until the table was gone */
  nextDay: async (table: string): Promise<number> => {
    clock.advance(1_440 * minuteMs);
    const took = await until(`to_regclass('${table}') is null`);
    await until(`(select done_at is not null from value_rounds order by minute desc limit 1)`);
    return took;
  },
  token: async (userId: string): Promise<string> =>
    signAccessToken({ secret: jwtSecret, clock }, { userId, userName: userId, sessionId: 'bench' }, 3_600_000).token,
  usage: async () => ({ ...readUsage(), nowMs: clock.now() }),
};

export type HistoryBff = typeof tasks;

serveParent(tasks);
