import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { eventually } from './wait-until.js';

// Node does not find these by name in a CommonJS module.
const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

/** One message as it lies in a topic. */
export interface KafkaMessage {
  readonly topic: string;
  /** Its partition and number there. */
  readonly place: readonly [number, number];
  /** Key, headers and value. */
  readonly text: string;
  readonly value: string;
}

/** Everything that lies in the topics of a broker, Kafka's own excepted, those of a partition in their order. */
export const kafkaMessages = async (brokers: readonly string[]): Promise<readonly KafkaMessage[]> => {
  const kafka = new Kafka({ clientId: 'test-kafka', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 100 })];
  await admin.connect();
  await consumer.connect();
  try {
    const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__'));
    /** Where each partition ended when this began, of those that have something. */
    const ends = new Map<string, number>();
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (high !== low) ends.set(`${topic} ${partition}`, Number(high));
    const found: KafkaMessage[] = [];
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        const [key, value] = [String(message.key ?? ''), String(message.value ?? '')];
        const headers = Object.entries(message.headers ?? {}).map(([name, header]) => `${name}=${String(header)}`);
        const text = [key, ...headers, value].join('\n');
        found.push({ topic, place: [partition, Number(message.offset)], text, value });
        if (Number(message.offset) + 1 >= (ends.get(`${topic} ${partition}`) ?? 0))
          ends.delete(`${topic} ${partition}`);
      },
    });
    await eventually('all topics are read to their ends', () => ends.size === 0);
    return found;
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
};

/** How long a topic keeps its messages, in days, where nothing else than time takes them away. */
export const daysKept = async (brokers: readonly string[], topic: string): Promise<number | undefined> => {
  const admin = new Kafka({ clientId: 'test-kafka', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic }];
    const [told] = (await admin.describeConfigs({ includeSynonyms: false, resources })).resources;
    const of = (name: string) => told?.configEntries.find(({ configName }) => configName === name)?.configValue;
    return of('cleanup.policy') === 'delete' ? Number(of('retention.ms')) / 86_400_000 : undefined;
  } finally {
    await admin.disconnect();
  }
};
