import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import type { EventLog, TopicSettings } from '../event-log.js';
import type { Membership } from '../membership.js';
import { createKafkaAdmin } from './admin.js';
import { createKafkaAppender } from './appender.js';
import { type KafkaDeps, kafkaClients } from './client.js';
import { createCommitFailures } from './committer.js';
import { type KafkaConsumer, startKafkaConsumer } from './consumer.js';
import { useWholeGzip } from './gzip.js';
import { type KafkaLimits, kafkaLimits } from './limits.js';
import { startKafkaMembership } from './membership.js';
import { createKafkaPublisher } from './publisher.js';

export interface KafkaEventLogOptions {
  /** `host:port` of some brokers; the others are found by them. */
  readonly brokers: readonly string[];
  /** How Kafka's own logs and quotas call this program. */
  readonly clientId: string;
  /** Every topic that is written or consumed; one that does not exist is created with its partitions. */
  readonly topics: readonly TopicSettings[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<KafkaLimits>;
}

/**
 * An event log over Apache Kafka (3.9 and 4.x). Kafka need not be up: everything connects, and comes back, by itself.
 * What is published meanwhile waits within bounds. A message may be written twice when its acknowledgement was lost in
 * an outage that was longer than the client's own repeats (some 20 s), or when this process is killed; never in another
 * order per key. Consumers read what other programs wrote with no codec or gzip; a batch of another codec ends the
 * consumer.
 * @throws AppError `invalid_argument` when a topic is named twice.
 */
export const createKafkaEventLog = (options: KafkaEventLogOptions): EventLog => {
  const { brokers, clientId, topics, clock, log, metrics } = options;
  const limits = { ...kafkaLimits, ...options.limits };
  const deps: KafkaDeps = {
    connect: kafkaClients({ brokers, clientId, log }, limits),
    where: `Kafka at ${brokers.join(', ')}`,
    clock,
    log,
    metrics,
    limits,
  };
  useWholeGzip();
  const known = new Set<string>();
  for (const { name } of topics) {
    // Kafka would refuse to make any of them, over and over.
    if (known.has(name))
      throw new AppError('invalid_argument', `Topic ${name} is named twice among the topics of this event log.`);
    known.add(name);
  }
  const admin = createKafkaAdmin(deps, topics);
  const publisher = createKafkaPublisher(deps, admin, [...known]);
  const appender = createKafkaAppender(deps, admin);
  const commits = createCommitFailures(metrics);
  const consumers = new Set<KafkaConsumer>();
  const memberships = new Set<Membership>();
  let closed: Promise<void> | undefined;

  const refuseUnknown = (topic: string) => {
    if (!known.has(topic))
      throw new AppError('invalid_argument', `Topic ${topic} is not among the topics of this event log.`);
  };
  /** Everything side by side, but for what needs the other: handlers send, and who sends asks for topics. */
  const close = async (until: AbortSignal | undefined) => {
    const bound = new AbortController();
    const end = () => bound.abort();
    until?.addEventListener('abort', end, { once: true });
    if (until?.aborted) end();
    await Promise.all([...consumers, ...memberships].map((one) => one.close(bound.signal)));
    const timer = clock.after(limits.closeMs, end);
    await Promise.all([publisher.close(bound.signal), appender.close(bound.signal)]);
    await admin.close(bound.signal);
    timer.cancel();
    until?.removeEventListener('abort', end);
  };

  return {
    publish: (topic, message) => {
      refuseUnknown(topic);
      publisher.publish(topic, message);
    },
    append: async (topic, messages) => {
      refuseUnknown(topic);
      await appender.append(topic, messages);
    },
    consume: async (topic, consume, handler) => {
      refuseUnknown(topic);
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      const consumer = startKafkaConsumer({ ...deps, commits }, admin, { topic, consume, handler });
      consumers.add(consumer);
      return {
        ...consumer,
        close: async (given) => {
          await consumer.close(given);
          consumers.delete(consumer);
        },
      };
    },
    offsets: admin.offsets,
    offsetsAt: admin.offsetsAt,
    join: (topic, group, member) => {
      refuseUnknown(topic);
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      const membership = startKafkaMembership(deps, admin, { topic, group, member });
      memberships.add(membership);
      return membership;
    },
    check: async () => {
      if (closed) return 'is closed';
      for (const consumer of consumers) {
        const problem = consumer.problem();
        if (problem !== undefined) return problem;
      }
      return (await admin.check()) ?? publisher.problem();
    },
    close: (until) => {
      closed ??= close(until);
      return closed;
    },
  };
};
