import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { createGrpcClient } from '@tickfolio/lib/grpc';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { startAggregator } from './app.js';
import { aggregatorConfig } from './config.js';

const config = readSettings('aggregator', aggregatorConfig, process.env);
const clock = systemClock;
const log = createLogger('aggregator', config.LOG_LEVEL);
const metrics = createMetrics('aggregator', { process: true });

/** Stands where the Kafka adapter will: prices flow without it, and /ready and the log say that mini-tickers are not kept. */
const openEventLog = (): EventLog => {
  const reason = `mini-tickers do not reach Kafka at ${config.BROKERS.join(', ')}: this version has no adapter for it`;
  log.warn({ reason }, 'Mini-tickers stay in the memory of this process and end with it.');
  return { ...createMemoryEventLog({ clock, log, metrics, maxMessages: 1_000 }), check: async () => reason };
};

await runProcess(
  async (life) => {
    const pubsub = life.own('redis', createRedisPubSub({ address: config.REDIS_ADDR, log, clock, metrics }));
    const eventLog = life.own('event log', openEventLog());
    const { host, port } = config.SOCKET_SERVICE_ADDR;
    const socket = createGrpcClient(SocketServiceClient, `${host}:${port}`);
    life.own('socket client', { close: () => socket.close() });
    const deps = { clock, log, metrics, priceBus: createPriceBus(pubsub), eventLog, socket };
    life.own('aggregator', await startAggregator(deps, { address: config.SERVER_ADDR }));
  },
  { log },
);
