import { systemClock } from '../../../clock/clock.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { createKafkaEventLog } from '../kafka.js';
import { quickLimits } from './log.js';

// Started by kafka-groups.loop.test.ts: reads a topic, writes down what it is handed, and never finishes a batch that
// holds `stop`.
const [broker = '', topic = '', group = '', stop = ''] = process.argv.slice(2);
const eventLog = createKafkaEventLog({
  brokers: [broker],
  clientId: 'reader',
  topics: [{ name: topic, partitions: 3 }],
  clock: systemClock,
  log: silentLogger(),
  metrics: createMetrics('reader'),
  limits: quickLimits,
});
await eventLog.consume(
  topic,
  { group, minBatchMessages: 10, maxBatchMessages: 10, maxBatchWaitMs: 20 },
  async ({ messages }) => {
    const values = messages.map(({ value }) => value.toString());
    process.stdout.write(`${values.join('\n')}\n`);
    if (values.includes(stop)) await new Promise(() => undefined);
  },
);
