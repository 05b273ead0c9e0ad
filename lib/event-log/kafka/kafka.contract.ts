import { expect, it } from 'vitest';
import { makeSmallTopic, type TestKafka } from '../../kit/kafka.js';
import { eventLogContract } from '../event-log.contract.js';
import { smallLogBytes, smallLogContract } from '../small-log.contract.js';
import { openKafkaLog } from './kit/log.js';

/** What holds on every Kafka that is supported. */
export const kafkaContract = ({ version, brokers }: TestKafka): void => {
  it(`says how far a topic is that is only just being made, kafka ${version}`, async () => {
    const logs = Array.from({ length: 12 }, () => openKafkaLog(brokers));
    try {
      const answers = await Promise.all(logs.map(({ eventLog, topic }) => eventLog.offsets(topic)));
      expect(answers.flat().map(({ next }) => next)).toEqual(answers.flat().map(() => '0'));
    } finally {
      await Promise.all(logs.map(({ eventLog }) => eventLog.close()));
    }
  });
  eventLogContract(
    `kafka ${version}`,
    async () => {
      const { eventLog, topic } = openKafkaLog(brokers);
      return { eventLog, topic, end: () => eventLog.close() };
    },
    { patienceMs: 30_000 },
  );
  smallLogContract(
    `kafka ${version}`,
    async () => {
      const { eventLog, topic, metric } = openKafkaLog(brokers, {
        topic: await makeSmallTopic(brokers, smallLogBytes),
      });
      return { eventLog, topic, dropped: () => metric('events_dropped_total'), end: () => eventLog.close() };
    },
    10_000,
  );
};
