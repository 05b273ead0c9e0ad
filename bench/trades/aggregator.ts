import { createSocketClient, startAggregator } from '@tickfolio/aggregator/app';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { createPriceBus, type PriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { reportToParent, serveParent } from '../measure/child.js';
import { createLatencies, preciseNow } from '../measure/latencies.js';
import { readUsage } from '../measure/usage.js';
import { progressMs } from './load.js';

const clock = systemClock;
const log = silentLogger();
let aggregator: Awaited<ReturnType<typeof startAggregator>> | undefined;
let latencies = createLatencies();
let measuring = false;
let incomplete = 0;
let symbols: readonly string[] = [];
let base = 0;
let reported = 0;
let reporting = false;

const handled = () => (aggregator?.tally.trades ?? 0) - base;

/** The newest second of each symbol whose price is out, be it alone or with its SecondStat. */
const priced = new Map<string, number>();
const addLatency = (symbol: string, second: number) => {
  if (second <= (priced.get(symbol) ?? 0)) return;
  priced.set(symbol, second);
  if (measuring) latencies.add(preciseNow() - (second + 1_000));
};

const watched = (bus: PriceBus): PriceBus => ({
  ...bus,
  publishPrice: (last) => {
    bus.publishPrice(last);
    addLatency(last.symbol, last.timeMs - (last.timeMs % 1_000));
  },
  publish: (stat, through) => {
    bus.publish(stat, through);
    addLatency(stat.symbol, stat.second);
    if (measuring && (!stat.complete || stat.revision > 0)) incomplete += 1;
  },
});

const follow = async () => {
  const body = JSON.stringify({ symbols });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${aggregator?.port}/subscriptions/bench`, {
    method: 'PUT',
    body,
    headers,
  });
  return (await answer.json()) as { feeds: Record<string, { state: string }> };
};

const tasks = {
  /** @param redisPort where prices go; null keeps them in this process */
  start: async (socketPort: number, followed: readonly string[], redisPort: number | null): Promise<void> => {
    symbols = followed;
    const metrics = createMetrics('aggregator');
    const pubsub =
      redisPort === null
        ? createMemoryPubSub({ log })
        : createRedisPubSub({ address: { host: '127.0.0.1', port: redisPort }, log, clock, metrics });
    const priceBus = watched(createPriceBus(pubsub));
    const socket = createSocketClient({ clock, target: `127.0.0.1:${socketPort}` });
    const eventLog = createMemoryEventLog({ clock, log, metrics });
    const deps = { clock, log, metrics, priceBus, eventLog, socket };
    aggregator = await startAggregator(deps, { address: { host: '127.0.0.1', port: 0 } });
    await follow();
    setInterval(() => {
      if (!reporting || handled() === reported) return;
      reported = handled();
      reportToParent([reported]);
    }, progressMs);
  },
  /** @returns how many of the symbols' feeds are live */
  live: async (): Promise<number> => {
    const { feeds } = await follow();
    return Object.values(feeds).filter(({ state }) => state === 'live').length;
  },
  /** Counts trades from here on. @param report tell the parent the count again and again */
  reset: async (report: boolean) => {
    reporting = report;
    base = aggregator?.tally.trades ?? 0;
    reported = 0;
  },
  begin: async () => {
    latencies = createLatencies();
    incomplete = 0;
    measuring = true;
  },
  end: async () => {
    measuring = false;
    return { latency: latencies.summary(), incomplete };
  },
  usage: async () => ({ ...readUsage(), trades: handled() }),
};

export type TradesAggregator = typeof tasks;

serveParent(tasks);
