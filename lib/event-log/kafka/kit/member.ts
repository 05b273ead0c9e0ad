import { systemClock } from '../../../clock/clock.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { createKafkaEventLog } from '../kafka.js';
import { quickLimits } from './log.js';

// Started by kafka-membership.loop.test.ts: joins a group and writes down, as JSON lines, what it is told and every 20
// ms whether it is sure of it.
const [broker = '', topic = ''] = process.argv.slice(2);
const eventLog = createKafkaEventLog({
  brokers: [broker],
  clientId: 'member',
  topics: [{ name: topic, partitions: 3 }],
  clock: systemClock,
  log: silentLogger(),
  metrics: createMetrics('member'),
  limits: quickLimits,
});
const say = (what: object) => void process.stdout.write(`${JSON.stringify({ at: Date.now(), ...what })}\n`);
const membership = eventLog.join(topic, 'sharers', {
  revoking: async () => say({ working: [] }),
  assigned: (partitions, kept) => say({ working: [...partitions].sort(), kept: [...kept].sort() }),
});
setInterval(() => say({ certain: membership.certain }), 20);
