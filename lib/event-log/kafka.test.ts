import { afterAll, describe, expect, it } from 'vitest';
import { eventLogContract } from './event-log.contract.js';
import { startTestKafka } from './test-kafka.js';
import { openKafkaLog } from './test-kafka-log.js';

// The newest line, and the last one before 4.
const servers = await Promise.all([startTestKafka('4.1.0'), startTestKafka('3.9.1')]);
afterAll(() => Promise.all(servers.map((server) => server?.close())));

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

for (const server of servers) {
  if (!server) continue;
  it(`says how far a topic is that is only just being made, kafka ${server.version}`, async () => {
    const logs = Array.from({ length: 12 }, () => openKafkaLog(server.brokers));
    try {
      const answers = await Promise.all(logs.map(({ eventLog, topic }) => eventLog.offsets(topic)));
      expect(answers.flat().map(({ next }) => next)).toEqual(answers.flat().map(() => '0'));
    } finally {
      await Promise.all(logs.map(({ eventLog }) => eventLog.close()));
    }
  });
  eventLogContract(
    `kafka ${server.version}`,
    async () => {
      const { eventLog, topic } = openKafkaLog(server.brokers);
      return { eventLog, topic, end: () => eventLog.close() };
    },
    { patienceMs: 10_000 },
  );
}
