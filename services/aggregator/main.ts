import { hostname } from 'node:os';
import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { hostPort } from '@tickfolio/lib/config';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { traceEventLog } from '@tickfolio/lib/event-log/tracing';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { createGrpcClient, grpcTlsOf, withGrpcTls } from '@tickfolio/lib/grpc';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { tracePubSub } from '@tickfolio/lib/pubsub/tracing';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { shareCount, shareTopic, startAggregator } from './app.js';
import { aggregatorConfig } from './config.js';

/** Prices freeze for as long as nobody notices that the socket service's machine is gone. */
const socketGoneMs = 10_000;

const config = readSettings('aggregator', withGrpcTls(aggregatorConfig), process.env);
const clock = systemClock;
const log = createLogger('aggregator', config.LOG_LEVEL);
const metrics = createMetrics('aggregator', { process: true });

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'aggregator', env: process.env, log, clock: systemClock, random: Math.random }));
    const pubsub = tracePubSub(
      life.own('redis', createRedisPubSub({ address: config.REDIS_ADDR, sharded: config.REDIS_SHARDED_PUBSUB, log, clock, metrics })),
    );
    const eventLog = traceEventLog(
      life.own(
        'event log',
        createKafkaEventLog({
          brokers: config.BROKERS,
          clientId: `aggregator-${hostname()}`,
          topics: [miniTickers, ...(config.SYMBOL_SHARES ? [{ name: shareTopic, partitions: shareCount }] : [])],
          clock,
          log,
          metrics,
        }),
      ),
    );
    const socket = createGrpcClient(SocketServiceClient, hostPort(config.SOCKET_SERVICE_ADDR), grpcTlsOf(config, log), {
      deadPeerMs: socketGoneMs,
    });
    life.own('socket client', { close: () => socket.close() });
    const deps = {
      clock,
      log,
      metrics,
      priceBus: createPriceBus(pubsub),
      eventLog,
      socket,
      ...(config.SYMBOL_SHARES ? { sharing: eventLog } : {}),
    };
    life.own('aggregator', await startAggregator(deps, { address: config.SERVER_ADDR, alwaysFollow: config.FOLLOW_SYMBOLS }));
  },
  { log },
);
