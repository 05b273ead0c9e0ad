import { systemClock as clock } from '@tickfolio/lib/clock';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { serveParent } from '../measure/child.js';

// What stands in for BFF replicas: connections of their own that follow every channel.

const log = silentLogger();
let received = 0;

const connect = (port: number) =>
  createRedisPubSub({ address: { host: '127.0.0.1', port }, log, clock, metrics: createMetrics('bench') });

const tasks = {
  follow: async (port: number, replicas: number, channels: readonly string[]): Promise<void> => {
    const listener = {
      message: () => {
        received += 1;
      },
    };
    await Promise.all(Array.from({ length: replicas }, () => connect(port).subscribe(channels, listener)));
  },
  received: async () => received,
};

export type FanOutListener = typeof tasks;

serveParent(tasks);
