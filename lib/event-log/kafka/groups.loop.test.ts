import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, PartitionAssigners } from 'kafkajs';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '../../errors/errors.js';
import { becomes } from '../../kit/becomes.js';
import { startTestKafka, type TestKafka } from '../../kit/kafka.js';
import { startProgram } from '../../kit/process.js';
import type { Batch } from '../event-log.js';
import { openKafkaLog } from './kit/log.js';

const server = await startTestKafka();
afterAll(() => server?.close());

// Port 1 needs privileges to be served, so nobody answers there.
const nowhere = ['127.0.0.1:1'];
const patienceMs = 45_000;
const group = { group: 'readers', minBatchMessages: 1_000, maxBatchMessages: 1_000, maxBatchWaitMs: 20 };
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const valuesOf = ({ messages }: Batch) => messages.map(({ value }) => Number(value.toString()));
const messagesOf = (values: readonly number[]) => values.map((i) => ({ key: `KEY${i % 30}`, value: String(i) }));
const messagesTo = (count: number) => messagesOf(numbers(0, count));
const reader = 'lib/dist/event-log/kafka/kit/reader.js';

const groups = (kafka: TestKafka) => {
  const admin = async <T>(work: (of: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
    const own = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await own.connect();
    return work(own).finally(() => own.disconnect());
  };

  it('hands nothing over twice in a rebalance whose handlers end in time', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers);
    await eventLog.append(topic, messagesTo(150));
    const handled: number[] = [];
    let running = 0;
    const slowly = async (batch: Batch) => {
      running++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      handled.push(...valuesOf(batch));
      running--;
    };
    await eventLog.consume(topic, { ...group, minBatchMessages: 10, maxBatchMessages: 10 }, slowly);
    await becomes(() => running > 0 && handled.length > 0, true, patienceMs);
    const second: number[] = [];
    await eventLog.consume(topic, { ...group, minBatchMessages: 10, maxBatchMessages: 10 }, async (batch) => {
      second.push(...valuesOf(batch));
      await slowly(batch);
    });
    let sent = 150;
    /** There is work left whenever the second one has come into the group. */
    const hasSecondSome = async () => {
      if (second.length === 0 && sent - handled.length < 100) {
        await eventLog.append(topic, messagesOf(numbers(sent, sent + 50)));
        sent += 50;
      }
      return second.length > 0;
    };
    await becomes(hasSecondSome, true, patienceMs);
    await becomes(() => handled.length >= sent, true, patienceMs);
    expect([...handled].sort((a, b) => a - b)).toEqual(numbers(0, sent));
    await eventLog.close();
  });

  it('takes a partition from a handler that does not end, and gives its work to the next owner', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { limits: { handoverMs: 300 } });
    await eventLog.append(topic, messagesTo(90));
    const told: unknown[] = [];
    const stuck: number[] = [];
    let over = false;
    await eventLog.consume(topic, group, async (batch) => {
      stuck.push(...valuesOf(batch));
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        try {
          await batch.heartbeat();
        } catch (err) {
          told.push(err);
          throw err;
        }
      }
    });
    await becomes(() => stuck.length, 90, patienceMs);
    const taken: number[] = [];
    await eventLog.consume(topic, group, async (batch) => void taken.push(...valuesOf(batch)));
    await becomes(() => taken.length > 0 && told.length > 0, true, patienceMs);
    expect(told[0]).toEqual(expect.objectContaining({ constructor: AppError, code: 'canceled' }));
    expect(stuck).toEqual(expect.arrayContaining(taken));
    over = true;
    await becomes(
      async () =>
        (await eventLog.offsets(topic, 'readers')).reduce((sum, { committed }) => sum + Number(committed ?? 0), 0),
      90,
      patienceMs,
    );
    await eventLog.close();
  });

  it('gives another process what a killed one had not finished, and nothing that it had', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers);
    // One key, so one partition: batches of ten in order, and the one with 45 in it never ends.
    await eventLog.append(
      topic,
      numbers(0, 100).map((i) => ({ key: 'A', value: String(i) })),
    );
    const child = startProgram(reader, {}, kafka.brokers[0] ?? '', topic, group.group, '45');
    const committed = async () =>
      (await eventLog.offsets(topic, group.group)).find((of) => of.committed !== undefined)?.committed;
    await becomes(committed, '40', patienceMs);
    await becomes(() => child.out().includes('45\n'), true, patienceMs);
    await child.end('SIGKILL');
    const seen: number[] = [];
    await eventLog.consume(topic, group, async (batch) => void seen.push(...valuesOf(batch)));
    await becomes(() => seen.length, 60, patienceMs);
    expect(seen).toEqual(numbers(40, 100));
    await eventLog.close();
  });

  it('says when a consumer died for good, instead of hanging', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers);
    await becomes(() => eventLog.check(), undefined, patienceMs);
    // A member that shares partitions out by another protocol: Kafka refuses ours, and no repeat helps.
    const foreign = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).consumer({
      groupId: group.group,
      maxWaitTimeInMs: 50,
      partitionAssigners: [
        (config) => {
          const inner = PartitionAssigners.roundRobin(config);
          return {
            ...inner,
            name: 'Foreign',
            protocol: (subscription) => ({ ...inner.protocol(subscription), name: 'Foreign' }),
          };
        },
      ],
    });
    await foreign.connect();
    await foreign.subscribe({ topics: [topic] });
    await foreign.run({ eachMessage: async () => undefined });
    const consumer = await eventLog.consume(topic, group, async () => undefined);
    expect(await consumer.failed).toBeInstanceOf(Error);
    expect(await eventLog.check()).toContain(`the consumer of ${topic} in group readers died`);
    await foreign.disconnect();
    await eventLog.close();
  });

  it('reads on in the other partitions while one is stuck and full', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, {
      limits: { maxUnhandledBytesPerPartition: 100_000, maxFetchBytesPerPartition: 50_000 },
    });
    await eventLog.append(topic, messagesTo(30));
    const stuckKey = 'KEY0';
    let stuck: number | undefined;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen: number[] = [];
    const consumer = await eventLog.consume(
      topic,
      { ...group, minBatchMessages: 1, maxBatchMessages: 50 },
      async (batch) => {
        if (batch.messages.some(({ key }) => key === stuckKey)) stuck = batch.partition;
        if (batch.partition === stuck) await gate;
        seen.push(...valuesOf(batch));
      },
    );
    await becomes(() => stuck !== undefined, true, patienceMs);
    const filling = 'x'.repeat(1_000);
    await eventLog.append(
      topic,
      numbers(30, 3_000).map((i) => ({ key: `KEY${i % 30}`, value: `${i} ${filling}` })),
    );
    const offsets = await eventLog.offsets(topic);
    const others = offsets
      .filter(({ partition }) => partition !== stuck)
      .reduce((sum, { next }) => sum + Number(next), 0);
    await becomes(() => seen.length, others, patienceMs);
    await becomes(() => consumer.lag(), 3_000 - others, patienceMs);
    release();
    await becomes(() => seen.length, 3_000, patienceMs);
    await eventLog.close();
  });

  it('creates its topics with their partitions, also when three begin at once', async () => {
    const topics = [
      { name: `prices-${randomUUID()}`, partitions: 3 },
      { name: `letters-${randomUUID()}`, partitions: 1 },
    ];
    const opened = [1, 2, 3].map(() => openKafkaLog(kafka.brokers, { topics }));
    await Promise.all(
      opened.map(({ eventLog }, i) => eventLog.append(topics[0]?.name ?? '', [{ key: 'A', value: String(i) }])),
    );
    const sizes = await Promise.all(topics.map(async ({ name }) => (await opened[0]?.eventLog.offsets(name))?.length));
    expect(sizes).toEqual([3, 1]);
    await Promise.all(opened.map(({ eventLog }) => eventLog.close()));
    expect(opened.flatMap(({ lines }) => lines).filter((line) => line.includes('fewer partitions'))).toEqual([]);
  });

  it('leaves a topic with fewer partitions as it is, says so, and uses those', async () => {
    const topic = `prices-${randomUUID()}`;
    await admin((own) => own.createTopics({ topics: [{ topic, numPartitions: 2 }] }));
    const { eventLog, lines } = openKafkaLog(kafka.brokers, { topic });
    await eventLog.append(topic, messagesTo(60));
    const offsets = await eventLog.offsets(topic);
    expect(offsets).toHaveLength(2);
    expect(offsets.every(({ next }) => Number(next) > 0)).toBe(true);
    expect(lines).toContain('A topic has fewer partitions than it should; it is left as it is.');
    await eventLog.close();
  });

  it('makes its topic again when somebody deleted it', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { limits: { minRetryMs: 20, maxRetryMs: 50 } });
    await eventLog.append(topic, messagesTo(10));
    await admin((own) => own.deleteTopics({ topics: [topic] }));
    eventLog.publish(topic, { key: 'A', value: '1' });
    await becomes(
      async () => (await eventLog.offsets(topic).catch(() => [])).reduce((sum, { next }) => sum + Number(next), 0),
      1,
      patienceMs,
    );
    await eventLog.close();
  });

  it('sends less at once where Kafka takes less, and drops and counts what it can never take', async () => {
    const topic = `prices-${randomUUID()}`;
    const configEntries = [{ name: 'max.message.bytes', value: '20000' }];
    await admin((own) => own.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] }));
    const { eventLog, metric } = openKafkaLog(kafka.brokers, { topic });
    const noise = () => Buffer.from(Array.from({ length: 3_000 }, () => Math.floor(Math.random() * 256)));
    for (let i = 0; i < 50; i++) eventLog.publish(topic, { key: 'A', value: noise() });
    eventLog.publish(topic, { key: 'A', value: Buffer.concat(Array.from({ length: 10 }, noise)) });
    eventLog.publish(topic, { key: 'A', value: Buffer.alloc(1_000_000) });
    await becomes(() => metric('events_waiting'), 0, patienceMs);
    expect((await eventLog.offsets(topic)).reduce((sum, { next }) => sum + Number(next), 0)).toBe(50);
    expect(await metric('events_dropped_total')).toBe(2);
    await expect(eventLog.append(topic, [{ key: 'A', value: Buffer.alloc(1_000_000) }])).rejects.toEqual(
      expect.objectContaining({ constructor: AppError, code: 'payload_too_large' }),
    );
    await eventLog.close();
  });

  it('reads what others wrote without a key, a value or with a header twice', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers);
    await becomes(() => eventLog.check(), undefined, patienceMs);
    const producer = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).producer({
      createPartitioner: () => () => 0,
    });
    await becomes(
      () =>
        eventLog
          .offsets(topic)
          .then((all) => all.length)
          .catch(() => 0),
      3,
      patienceMs,
    );
    await producer.connect();
    await producer.send({ topic, messages: [{ value: null, headers: { reason: ['first', Buffer.from('last')] } }] });
    await producer.disconnect();
    const seen: Batch[] = [];
    await eventLog.consume(topic, group, async (batch) => void seen.push(batch));
    await becomes(() => seen.length, 1, patienceMs);
    expect(seen[0]?.messages[0]).toMatchObject({ key: '', headers: { reason: 'last' } });
    expect(seen[0]?.messages[0]?.value).toHaveLength(0);
    await eventLog.close();
  });
};

describe('kafka event log without a broker', () => {
  it('refuses a topic that it was not opened with', async () => {
    const { eventLog } = openKafkaLog(nowhere);
    const refusal = expect.objectContaining({ constructor: AppError, code: 'invalid_argument' });
    expect(() => eventLog.publish('other', { key: 'A', value: '1' })).toThrow(refusal);
    await expect(eventLog.append('other', [])).rejects.toEqual(refusal);
    await expect(eventLog.consume('other', group, async () => undefined)).rejects.toEqual(refusal);
    await eventLog.close();
  });
});

if (server) describe('kafka event log: groups and topics', { timeout: 180_000 }, () => groups(server));
