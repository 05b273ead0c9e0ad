import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { makeSmallTopic, type TestKafka } from '../../kit/kafka.js';
import { eventLogContract } from '../event-log.contract.js';
import { newestContract } from '../newest.contract.js';
import { smallLogBytes, smallLogContract } from '../small-log.contract.js';
import { type OpenedKafkaLog, openKafkaLog } from './kit/log.js';

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
  it(`keeps messages of a topic as long as it should, also of one that was made for less, kafka ${version}`, async () => {
    const dayMs = 86_400_000;
    const opened: OpenedKafkaLog[] = [];
    const made = async (topic: string, keepMs: number) => {
      const one = openKafkaLog(brokers, { topic, topics: [{ name: topic, partitions: 1, keepMs }] });
      opened.push(one);
      await one.eventLog.append(topic, [{ key: 'a', value: '1' }]);
    };
    const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const kept = async (topic: string) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms', 'max.message.bytes'] },
        ],
      });
      return resources[0]?.configEntries.map(({ configValue }) => Number(configValue)).sort((a, b) => a - b);
    };
    try {
      const topic = `kept-${randomUUID()}`;
      const configEntries = [
        { name: 'retention.ms', value: String(dayMs) },
        { name: 'max.message.bytes', value: '50000' },
      ];
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
      await made(topic, 30 * dayMs);
      expect(await kept(topic)).toEqual([50_000, 30 * dayMs]);
      await made(topic, 7 * dayMs);
      expect(await kept(topic)).toEqual([50_000, 30 * dayMs]);
      const fresh = `fresh-${randomUUID()}`;
      await made(fresh, 30 * dayMs);
      expect((await kept(fresh))?.at(-1)).toBe(30 * dayMs);
    } finally {
      await Promise.all([...opened.map(({ eventLog }) => eventLog.close()), admin.disconnect()]);
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
  newestContract(
    `kafka ${version}`,
    async () => {
      const { eventLog, topic } = openKafkaLog(brokers);
      return { eventLog, topic, end: () => eventLog.close() };
    },
    30_000,
  );
  smallLogContract(
    `kafka ${version}`,
    async () => {
      const { eventLog, topic, metric } = openKafkaLog(brokers, {
        topic: await makeSmallTopic(brokers, smallLogBytes),
      });
      return { eventLog, topic, dropped: () => metric('events_dropped_total'), end: () => eventLog.close() };
    },
    30_000,
  );
};
