import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsFolder, startBff } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { openPglite } from '@tickfolio/lib/postgres/pglite';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { serveParent } from '../measure/child.js';
import { standInAggregator, standInNeighbours } from '../measure/stand-ins.js';
import { readUsage } from '../measure/usage.js';
import { coinsPerUser, groups, type Pace, stampPrice, startPace, symbolsOf } from './load.js';

// The BFF as it is, between stand-ins of its neighbours. Prices come over the in-process price bus; writing them costs
// this process next to nothing (a text from a template), reading them is the BFF's work and is measured.

const symbols = Array.from({ length: groups }, (_, group) => symbolsOf(group));
const clock = systemClock;
const log = silentLogger();
const metrics = createMetrics('bff');
let pubsub: PubSub = createMemoryPubSub({ log });
let stop: () => void = () => undefined;
let tradeId = 0;
let ticks = 0;

const neighbours = standInNeighbours;
const aggregator = standInAggregator(symbols.flat());

const tickGroup = (group: number) => {
  const price = stampPrice();
  const now = Date.now();
  const second = now - (now % 1_000);
  for (const symbol of symbols[group] ?? []) {
    tradeId += 1;
    ticks += 1;
    const text = `{"symbol":"${symbol}","second":${second},"open":"${price}","high":"${price}","low":"${price}","close":"${price}","volume":"1.2345","quoteVolume":"84096.123","trades":37,"firstTradeId":${tradeId},"lastTradeId":${tradeId},"lastTradeTime":${now},"complete":true,"revision":0}`;
    pubsub.publish(symbol, text);
  }
};
const openDatabase = async (users: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await openPglite({ folder, migrationsFolder, log, clock });
  const id = sql`'00000000-0000-4000-8000-' || lpad(u::text, 12, '0')`;
  await postgres.db.execute(
    sql`insert into profiles (id, name) select ${id}, 'user-' || u from generate_series(0, ${sql.raw(String(users - 1))}) u`,
  );
  await postgres.db.execute(sql`
    insert into coins (user_id, symbol, quote_asset, quantity)
    select ${id}, 'b' || lpad((u % ${sql.raw(String(groups))})::text, 2, '0') || 'c' || c || 'usdt', 'usdt', ((u * 7 + c * 13) % 5000 + 1)::numeric / 1000
    from generate_series(0, ${sql.raw(String(users - 1))}) u, generate_series(0, ${sql.raw(String(coinsPerUser - 1))}) c
    order by u, c`);
  return postgres;
};

/**
 * Longer than a run: the query for the held symbols would be answered by a thread of this process, which no deployment
 * has.
 */
const demandPeriodMs = 600_000;
let users = 0;
/** Frames of each group that the clients got up to now. */
let arrived: readonly number[] = [];
/** Without a frame of a group for so long those that are missing will not come: they were made one with later ones. */
const missingAfterMs = 200;

/**
 * Ticks each group as soon as the frames of its last tick arrived at the other end, so that at most one frame of each
 * user is on its way: more prices would be made one frame by the BFF, and reading them would count as the cost of that
 * frame.
 */
const saturate = (): (() => void) => {
  const inFlight = Array.from({ length: groups }, () => ({ expected: 0, tickedAt: Number.NEGATIVE_INFINITY }));
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [group, flight] of inFlight.entries()) {
      const frames = arrived[group] ?? 0;
      if (frames < flight.expected && now - flight.tickedAt < missingAfterMs) continue;
      flight.expected = frames + Math.ceil((users - group) / groups);
      flight.tickedAt = now;
      tickGroup(group);
    }
  }, 1);
  return () => clearInterval(timer);
};

const tasks = {
  /**
   * @param count how many portfolios to make
   * @param frameEveryMs when a client gets a frame also without a change
   * @param redisPort where prices come from; null when they are made in this process
   * @returns the port it listens on
   */
  start: async (count: number, jwtSecret: string, frameEveryMs: number, redisPort: number | null): Promise<number> => {
    users = count;
    if (redisPort !== null)
      pubsub = createRedisPubSub({ address: { host: '127.0.0.1', port: redisPort }, log, clock, metrics });
    const postgres = await openDatabase(users);
    const priceBus = createPriceBus(pubsub);
    if (redisPort === null)
      for (const symbol of symbols.flat())
        priceBus.setLast({ symbol, price: '68123.45', timeMs: Date.now(), tradeId: 0 });
    const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    const deps = { postgres, neighbours, aggregator, priceBus, pubsub, eventLog, clock, log, metrics };
    const bff = await startBff(deps, {
      address: { host: '127.0.0.1', port: 0 },
      jwtSecret,
      secureCookie: false,
      demandPeriodMs,
      frameEveryMs,
    });
    return bff.port;
  },
  setPace: async (pace: Pace) => {
    stop();
    stop = () => undefined;
    if (pace === 'none' || pace === 'still') return;
    stop = pace === 'saturated' ? saturate() : startPace(pace, tickGroup);
  },
  progress: async (frames: readonly number[]) => {
    arrived = frames;
  },
  usage: async (collect: boolean) => ({ ...readUsage(collect), ticks }),
};

export type DeliveryBff = typeof tasks;

serveParent(tasks);
