import { afterAll, describe, expect, it } from 'vitest';
import { startTestKafka } from '../../kit/kafka.js';
import { kafkaContract } from './kafka.contract.js';
import { openKafkaLog } from './kit/log.js';

// The newest line; kafka-3.loop.test.ts has the last one before it.
const server = await startTestKafka('4.1.0');
afterAll(() => server?.close());

describe('kafka event log', () => {
  it('refuses a topic that is named twice', () => {
    const twice = [
      { name: 'tickers', partitions: 3 },
      { name: 'tickers', partitions: 1 },
    ];
    expect(() => openKafkaLog(['127.0.0.1:1'], { topics: twice })).toThrow('Topic tickers is named twice');
  });

  it('is opened, used and closed where there is no Kafka', async () => {
    const { eventLog, topic, lines, metric } = openKafkaLog(['127.0.0.1:1'], { limits: { closeMs: 100 } });
    const consumer = await eventLog.consume(
      topic,
      { group: 'readers', minBatchMessages: 1, maxBatchMessages: 1, maxBatchWaitMs: 1 },
      async () => undefined,
    );
    eventLog.publish(topic, { key: 'A', value: '1' });
    expect(await eventLog.check()).toBe(`the consumer of ${topic} in group readers is not in its group`);
    await consumer.close();
    expect(await eventLog.check()).toContain('Kafka at 127.0.0.1:1 did not do what it was asked');
    await eventLog.close();
    expect(await metric('events_dropped_total')).toBe(1);
    expect(lines).toContain('Kafka at 127.0.0.1:1 did not take the last messages in time; they are dropped.');
  });
});

if (server) kafkaContract(server);
