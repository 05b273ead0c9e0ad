import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { startTestRedis } from '../kit/redis.js';
import { createMemoryPubSub } from '../pubsub/memory.js';
import type { Listener } from '../pubsub/pubsub.js';
import { createRedisPubSub } from '../pubsub/redis.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { priceBusContract } from './price-bus.contract.js';
import { createPriceBus } from './price-bus.js';

const server = await startTestRedis();
afterAll(() => server?.close());

priceBusContract('memory', async () => {
  const pubsub = createMemoryPubSub();
  return { pubsub, end: () => pubsub.close() };
});

if (server) {
  priceBusContract('redis', async () => {
    const pubsub = createRedisPubSub({
      address: server,
      log: silentLogger(),
      metrics: createMetrics('test'),
      clock: systemClock,
    });
    return { pubsub, end: () => pubsub.close() };
  });
}

it('passes the news of a gap on to who follows prices', async () => {
  const listeners: Listener[] = [];
  const memory = createMemoryPubSub();
  const bus = createPriceBus({
    ...memory,
    subscribe: async (channels, listener) => {
      listeners.push(listener);
      return memory.subscribe(channels, listener);
    },
  });
  let resumed = 0;
  await bus.subscribe(['btcusdt'], { second: () => undefined, resumed: () => void resumed++ });
  await bus.subscribe(['btcusdt'], { second: () => undefined });
  for (const listener of listeners) listener.resumed?.();
  expect(resumed).toBe(1);
});
