import { hostname } from 'node:os';
import { hostPort } from '@tickfolio/lib/config';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { traceEventLog } from '@tickfolio/lib/event-log/tracing';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { tracePubSub } from '@tickfolio/lib/pubsub/tracing';
import { runService } from '@tickfolio/lib/service';
import { createSocketClient, startAggregator } from './app.js';
import { aggregatorConfig } from './config.js';
import { aggregatorTopics } from './topics.js';

/** Prices freeze for as long as nobody notices that the socket service's machine is gone. */
const socketGoneMs = 10_000;
const surroundings = { env: process.env, random: Math.random };

await runService('aggregator', aggregatorConfig, surroundings, async ({ config, life, tls, ...part }) => {
  const redis = life.own(
    'redis',
    createRedisPubSub({ ...part, address: config.REDIS_ADDR, sharded: config.REDIS_SHARDED_PUBSUB }),
  );
  const kafka = {
    brokers: config.BROKERS,
    clientId: `aggregator-${hostname()}`,
    topics: aggregatorTopics(config.SYMBOL_SHARES),
  };
  const eventLog = traceEventLog(life.own('event log', createKafkaEventLog({ ...part, ...kafka })));
  const target = hostPort(config.SOCKET_SERVICE_ADDR);
  const socket = life.own('socket client', createSocketClient({ ...part, target, tls, deadPeerMs: socketGoneMs }));
  const adapters = {
    priceBus: createPriceBus(tracePubSub(redis)),
    eventLog,
    socket,
    ...(config.SYMBOL_SHARES ? { sharing: eventLog } : {}),
  };
  const grpcAddress = { host: '0.0.0.0', port: config.GRPC_PORT };
  const options = { address: config.SERVER_ADDR, grpcAddress, tls, alwaysFollow: config.FOLLOW_SYMBOLS };
  life.own('aggregator', await startAggregator({ ...part, ...adapters }, options));
});
