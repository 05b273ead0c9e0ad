import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../clock/clock.js';
import { createLogger, createMetrics } from '../../../telemetry/telemetry.js';
import type { EventLog } from '../../event-log.js';
import { createKafkaEventLog, type KafkaEventLogOptions } from '../kafka.js';
import type { KafkaLimits } from '../limits.js';

/** An event log on a test's broker, as quick to notice a lost member as a test wants it. */
export interface OpenedKafkaLog {
  readonly eventLog: EventLog;
  readonly topic: string;
  /** The sentences it logged, at info and above. */
  readonly lines: readonly string[];
  /** The value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
}

export const quickLimits: Partial<KafkaLimits> = {
  heartbeatMs: 200,
  sessionTimeoutMs: 2_000,
  memberSessionMs: 2_000,
  handoverMs: 1_000,
  minRetryMs: 50,
  maxRetryMs: 700,
};

export const openKafkaLog = (
  brokers: readonly string[],
  { limits, ...options }: Partial<KafkaEventLogOptions> & { readonly topic?: string } = {},
): OpenedKafkaLog => {
  const topic = options.topic ?? `prices-${randomUUID()}`;
  const metrics = createMetrics('test');
  const lines: string[] = [];
  const eventLog = createKafkaEventLog({
    brokers,
    clientId: 'test',
    topics: [{ name: topic, partitions: 3 }],
    clock: systemClock,
    log: createLogger('test', 'info', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg)),
    metrics,
    ...options,
    limits: { ...quickLimits, ...limits },
  });
  const metric = async (name: string) => {
    const found = (await metrics.text()).split('\n').filter((line) => line.startsWith(`tickfolio_test_${name}`));
    return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  return { eventLog, topic, lines, metric };
};
