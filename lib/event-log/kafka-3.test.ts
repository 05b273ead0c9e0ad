import { afterAll } from 'vitest';
import { eventLogContract } from './event-log.contract.js';
import { startTestKafka } from './test-kafka.js';
import { openKafkaLog } from './test-kafka-log.js';

const server = await startTestKafka('3.9.1');
afterAll(() => server?.close());

if (server) {
  eventLogContract(
    `kafka ${server.version}`,
    async () => {
      const { eventLog, topic } = openKafkaLog(server.brokers);
      return { eventLog, topic, end: () => eventLog.close() };
    },
    { patienceMs: 10_000 },
  );
}
