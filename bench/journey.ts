import { sleep, systemClock } from '@tickfolio/lib/clock';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import type { DeliveryBff } from './delivery/bff.js';
import type { DeliveryClients } from './delivery/clients.js';
import { jwtSecret } from './delivery/delivery.js';
import { groups, symbolsOf } from './delivery/load.js';
import type { BenchContext, Benchmark } from './measure/benchmark.js';
import { percent, short, whole } from './measure/table.js';
import { coreShare } from './measure/usage.js';
import type { TradesAggregator } from './trades/aggregator.js';
import type { TradesExchange } from './trades/exchange.js';
import type { TradesSocket } from './trades/socket.js';

/** Trades a second over all symbols. */
const rates = [1_000, 5_000] as const;
const symbols = Array.from({ length: groups }, (_, group) => symbolsOf(group)).flat();
const openWithinMs = 30_000;
const warmUpMs = 5_000;
const everySecond = 1_000;

const measureSize = async (
  { children, say, seconds }: BenchContext,
  users: number,
  redisPort: number,
): Promise<string[][]> => {
  const exchange = children.start<TradesExchange>('trades/exchange.js');
  const socket = children.start<TradesSocket>('trades/socket.js');
  const aggregator = children.start<TradesAggregator>('trades/aggregator.js');
  const bff = children.start<DeliveryBff>('delivery/bff.js');
  const clients = children.start<DeliveryClients>('delivery/clients.js');
  const services = { socket, aggregator, bff } as const;
  await aggregator.ask('start', await socket.ask('start', await exchange.ask('start', symbols)), symbols, redisPort);
  const port = await bff.ask('start', users, jwtSecret, everySecond, redisPort);
  await exchange.ask('send', rates[0]);
  const giveUpAt = performance.now() + openWithinMs;
  while ((await aggregator.ask('live')) < symbols.length) {
    if (performance.now() > giveUpAt) throw new Error(`the feeds did not open within ${openWithinMs} ms`);
    await sleep(systemClock, 100);
  }
  await clients.ask('delayFrom', 'window');
  await clients.ask('open', port, users, jwtSecret);
  const rows: string[][] = [];
  for (const rate of rates) {
    say(`${users} clients, ${rate} trades/s`);
    await exchange.ask('send', rate);
    await sleep(systemClock, warmUpMs);
    const usages = () => Promise.all([socket.ask('usage'), aggregator.ask('usage'), bff.ask('usage', false)]);
    const from = await usages();
    await clients.ask('begin');
    await sleep(systemClock, seconds * 1_000);
    const seen = await clients.ask('end');
    const to = await usages();
    if (seen.open !== users || seen.lost > 0)
      throw new Error(`${seen.lost} connections were lost, ${seen.open} of ${users} are open`);
    if (seen.latency.count === 0) throw new Error('no price arrived');
    const cores = Object.keys(services).map((_, i) => {
      const [before, after] = [from[i], to[i]];
      return before && after ? percent(coreShare(before, after)) : '';
    });
    rows.push([
      `${whole(users)} clients, ${whole(rate)} trades/s`,
      whole(seen.latency.count / seen.seconds),
      whole(seen.frames / seen.seconds),
      short(seen.latency.p50),
      short(seen.latency.p99),
      short(seen.latency.max),
      ...cores,
    ]);
  }
  await children.close();
  return rows;
};

export const journey: Benchmark = {
  name: 'journey',
  about:
    'exchange frames through socket, aggregator, Redis and BFF to WebSocket clients: the delay that it adds to the second',
  run: async (context) => {
    const redis = await startTestRedis();
    if (!redis) throw new Error('The journey needs redis-server, which is not installed.');
    try {
      const rows: string[][] = [];
      for (const users of context.clients) rows.push(...(await measureSize(context, users, redis.port)));
      return {
        title: "journey: from the exchange's frame to the client's, every service a process of its own, real Redis",
        columns: [
          'load',
          'prices/s',
          'frames/s',
          'p50 ms',
          'p99 ms',
          'max ms',
          'socket core',
          'aggregator core',
          'BFF core',
        ],
        rows,
        notes: [
          'Delay is from the end of a second, by trade time, to the frame with its last price in the client: what the whole path adds to the one-second window, for every new price of every coin of every client. The allowance for late trades (10 ms) and the wait of the BFF for more prices (5 ms) are in it.',
          `${symbols.length} symbols; each client is a user with a portfolio of 10 coins, all of whose prices come at the turn of the second: that is the burst which decides the 99th percentile. The exchange, the clients and Redis share the same cores.`,
        ],
      };
    } finally {
      await redis.close();
    }
  },
};
