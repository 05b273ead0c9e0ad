import { getEventListeners } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Kafka } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { becomes } from '../../kit/becomes.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { createKafkaAdmin } from './admin.js';
import { openKafkaLog } from './kit/log.js';
import { kafkaLimits } from './limits.js';

describe('a Kafka that takes connections and answers nothing', () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const openBusy = async (closeMs: number) => {
    const clock = createManualClock();
    const { eventLog, topic } = openKafkaLog([`127.0.0.1:${(server.address() as AddressInfo).port}`], {
      limits: { closeMs },
      clock,
    });
    eventLog.publish(topic, { key: 'k', value: '{}' });
    void eventLog.append(topic, [{ key: 'k', value: '{}' }]).catch(() => undefined);
    await becomes(() => sockets.size > 0, true);
    return { eventLog, topic, clock };
  };

  it('is left within one bound, not within one for each thing that waits for it', async () => {
    const { eventLog, clock } = await openBusy(600);
    let isClosed = false;
    const closing = eventLog.close().then(() => {
      isClosed = true;
    });
    await clock.advanceAsync(599);
    expect(isClosed).toBe(false);
    await clock.advanceAsync(1);
    await closing;
  });

  it('is left as soon as whoever closes has no more time, by members and consumers too', async () => {
    const { eventLog, topic } = await openBusy(60_000);
    const group = { group: 'g', minBatchMessages: 1, maxBatchMessages: 1, maxBatchWaitMs: 10 };
    await eventLog.consume(topic, group, async () => undefined);
    eventLog.join(topic, 'sharers', { revoking: async () => undefined, assigned: () => undefined });
    const until = new AbortController();
    const closing = eventLog.close(until.signal);
    until.abort();
    await closing; // Its clock stands still.
  });
});

it('leaves nothing behind on a signal each time that somebody waited for topics', async () => {
  const clock = createManualClock();
  let known: string[] = [];
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    listTopics: async () => {
      if (known.length === 0) throw new Error('the broker is away');
      return known;
    },
    fetchTopicMetadata: async () => ({ topics: [{ name: 't', partitions: [{}] }] }),
  };
  const connect = () => ({ admin: () => admin }) as unknown as Kafka;
  const deps = {
    connect,
    where: 'Kafka',
    clock,
    log: silentLogger(),
    metrics: createMetrics('test'),
    limits: kafkaLimits,
  };
  const topics = createKafkaAdmin(deps, [{ name: 't', partitions: 1 }]);
  const { signal } = new AbortController();
  const waiting = Array.from({ length: 50 }, () => topics.ready(signal));
  known = ['t'];
  await clock.advanceAsync(10_000);
  await Promise.all(waiting);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await topics.close();
});
