import type { Consumer, Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import type { KafkaAdmin } from './admin.js';
import { createCommitFailures } from './committer.js';
import { startKafkaConsumer } from './consumer.js';
import { kafkaLimits } from './limits.js';

/**
 * A member of a group whose joins and breaks are told it by hand, at a log of which 7 messages of each partition wait.
 */
const setUp = () => {
  const listeners = new Map<string, (event: { readonly payload: unknown }) => void>();
  const nothing = async () => undefined;
  const consumer = {
    events: { GROUP_JOIN: 'join', FETCH: 'fetch', HEARTBEAT: 'heartbeat', CRASH: 'crash' },
    on: (name: string, listener: (event: { readonly payload: unknown }) => void) => void listeners.set(name, listener),
    ...{
      connect: nothing,
      subscribe: nothing,
      run: nothing,
      disconnect: nothing,
      resume: () => undefined,
      seek: () => undefined,
    },
  } as unknown as Consumer;
  const admin = {
    ready: nothing,
    doubtTopics: () => undefined,
    offsets: async () => [0, 1, 2].map((partition) => ({ partition, first: '0', next: '10', committed: '3' })),
    check: nothing,
  } as unknown as KafkaAdmin;
  const metrics = createMetrics('log');
  const member = startKafkaConsumer(
    {
      connect: () => ({ consumer: () => consumer }) as unknown as Kafka,
      where: 'Kafka',
      clock: createManualClock(),
      log: silentLogger(),
      metrics,
      limits: kafkaLimits,
      commits: createCommitFailures(metrics),
    },
    admin,
    {
      topic: 't',
      consume: { group: 'g', minBatchMessages: 1, maxBatchMessages: 1, maxBatchWaitMs: 1 },
      handler: nothing,
    },
  );
  return {
    member,
    join: (...partitions: readonly number[]) =>
      listeners.get('join')?.({ payload: { memberId: 'm', memberAssignment: { t: partitions } } }),
    breaks: () =>
      listeners.get('crash')?.({ payload: { error: new Error('the coordinator went away'), restart: true } }),
  };
};

it('does not say that nothing waits while it is out of its group and has no partitions', async () => {
  const { member, join, breaks } = setUp();
  await expect(member.lag()).rejects.toMatchObject({ code: 'unavailable' });
  join(0, 1, 2);
  expect(await member.lag()).toBe(21);
  breaks();
  await expect(member.lag()).rejects.toMatchObject({ code: 'unavailable' });
  join(0);
  expect(await member.lag()).toBe(7);
  // Others have them all.
  join();
  expect(await member.lag()).toBe(0);
  await member.close();
});
