import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import type { KafkaAdmin } from './admin.js';
import { createKafkaAppender } from './appender.js';
import type { KafkaDeps } from './client.js';
import { kafkaLimits } from './limits.js';
import { createKafkaPublisher } from './publisher.js';

interface SentBatch {
  readonly topicMessages: readonly { readonly messages: readonly { readonly value: Buffer | string }[] }[];
}

/** A broker that refuses requests of more bytes than it is set to take. */
const open = (set: { maxBytes: number; down?: boolean }) => {
  const clock = createManualClock();
  /** Lengths of the messages of each request that was taken. */
  const taken: number[][] = [];
  let requests = 0;
  const producer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    sendBatch: async ({ topicMessages }: SentBatch) => {
      requests++;
      if (set.down) throw new Error('the broker is away');
      const lengths = topicMessages.flatMap(({ messages }) => messages.map(({ value }) => value.length));
      const bytes = lengths.reduce((sum, length) => sum + length, 0);
      if (bytes > set.maxBytes)
        throw Object.assign(new Error('too large'), { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE' });
      taken.push(lengths);
    },
  };
  const deps: KafkaDeps = {
    connect: () => ({ producer: () => producer }) as unknown as Kafka,
    where: 'Kafka',
    clock,
    log: silentLogger(),
    metrics: createMetrics('test'),
    limits: kafkaLimits,
  };
  const admin = { ready: async () => undefined, doubtTopics: () => undefined } as unknown as KafkaAdmin;
  return { deps, admin, clock, taken, requests: () => requests };
};
const text = (length: number) => ({ key: 'k', value: 'x'.repeat(length) });

describe('a Kafka that is set to take little', () => {
  it('gets whole batches again after one message was too large for it', async () => {
    const { deps, admin, clock, taken, requests } = open({ maxBytes: 500_000 });
    const publisher = createKafkaPublisher(deps, admin);
    publisher.publish('t', text(600_000));
    await clock.advanceAsync(100);
    const before = requests();
    for (let i = 0; i < 2_000; i++) publisher.publish('t', text(7));
    await clock.advanceAsync(100);
    expect(taken.flat()).toHaveLength(2_000);
    expect(requests() - before).toBe(1);
    await publisher.close();
  });

  it('is sent no more than it takes without being asked each time, and more again once it takes more', async () => {
    const set = { maxBytes: 100_000 };
    const { deps, admin, clock, taken, requests } = open(set);
    const publisher = createKafkaPublisher(deps, admin);
    const publishMany = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < 80; i++) publisher.publish('t', text(10_000));
        await clock.advanceAsync(100);
      }
    };
    await publishMany(1);
    const learned = requests();
    await publishMany(2);
    // 160 messages, at most 10 at once.
    expect(requests() - learned).toBeLessThanOrEqual(33);
    set.maxBytes = 10_000_000;
    await publishMany(20);
    expect(Math.max(...taken.map((lengths) => lengths.length))).toBeGreaterThan(70);
    expect(taken.flat()).toHaveLength(23 * 80);
    await publisher.close();
  });

  it('that goes away in the middle of a batch gets the rest of it in order once it is back', async () => {
    const set = { maxBytes: 100_000, down: false };
    const { deps, admin, clock, taken } = open(set);
    const publisher = createKafkaPublisher(deps, admin);
    for (let i = 1; i <= 40; i++) publisher.publish('t', text(10_000 + i));
    taken.push = (...lengths) => {
      set.down = taken.length === 1;
      return Array.prototype.push.apply(taken, lengths);
    };
    await clock.advanceAsync(100);
    set.down = false;
    await clock.advanceAsync(10_000);
    expect(taken.flat()).toEqual(Array.from({ length: 40 }, (_, i) => 10_001 + i));
    await publisher.close();
  });

  it('is not asked again and again for a dead letter that it would never take', async () => {
    const { deps, admin } = open({ maxBytes: 500_000 });
    const appender = createKafkaAppender(deps, admin);
    await expect(appender.append('t', [text(600_000)])).rejects.toMatchObject({ code: 'payload_too_large' });
    await appender.append('t', [text(400_000), text(400_000)]);
    await appender.close();
  });
});
