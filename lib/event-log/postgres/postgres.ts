import { type Clock, unlessAborted, waitUntil } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Postgres } from '../../postgres/postgres.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import type { Consumer, EventLog, EventMessage, Membership, TopicSettings } from '../event-log.js';
import { createMemoryGroups } from '../memory/groups.js';
import { messageBytes } from '../message-bytes.js';
import { createMessageCounters } from '../message-counters.js';
import { partitionOf } from '../partition.js';
import { batchBodyOf } from './batch-body.js';
import { createGroupCommits } from './group-commits.js';
import { joinLater } from './late-membership.js';
import { type PostgresLogLimits, postgresLogLimits } from './limits.js';
import { startLogConsumer } from './log-consumer.js';
import { createLogTopics } from './log-topics.js';
import { startRetention } from './retention.js';
import { createTopicWriter, type TopicWriter } from './topic-writer.js';

export { migrationsFolder } from './migrations-folder.js';

export interface PostgresEventLogOptions {
  /**
   * Opened with `migrationsFolder`, for this log of this process alone; stays its owner's to close. Until it is there
   * the log is away.
   */
  readonly database: Promise<Pick<Postgres, 'db'>>;
  /** Which topics there are, asked when one is made for good. */
  readonly topics?: () => Promise<readonly TopicSettings[]>;
  /** How many partitions a topic gets that is not among them. Default 3. */
  readonly partitions?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<PostgresLogLimits>;
}

/**
 * An event log in the tables of a PostgreSQL database, for one process: what another one appended there is not seen.
 * What was acknowledged survives a kill of this process. How far a group has come is written down once a second and at
 * the end, so after a kill it is handed at most that much again. Of a topic the newest 100,000 messages are kept, of
 * 30 days at most; older ones for a group that has not read them, up to 1,000,000, and then the oldest go, are counted
 * as dropped, and `check` names the group until it has read on.
 */
export const createPostgresEventLog = (options: PostgresEventLogOptions): EventLog => {
  const { clock, log, metrics, partitions = 3, topics: settings = async () => [] } = options;
  const limits = { ...postgresLogLimits, ...options.limits };
  const { published, dropped } = createMessageCounters(metrics);
  const drop = (topic: string, messages: number) => dropped.inc({ topic }, messages);
  // Whoever starts a run waits for its first price, and not for what speaks to a database.
  const store = options.database.then(async ({ db }) => (await import('./store.js')).createLogStore(db, limits));
  const topics = createLogTopics({ store, settings, partitions, clock, log, limits });
  const commits = createGroupCommits({ store: topics.store, clock, log, limits });
  const retention = startRetention({ topics, settings, dropped: drop, clock, log, limits });
  const sharing = createMemoryGroups(log);
  const writers = new Map<string, TopicWriter>();
  const consumers = new Set<Consumer>();
  const memberships = new Set<Membership>();
  let closing: Promise<void> | undefined;
  /** All handlers have ended: what they wrote at the end was taken. */
  let isSealed = false;
  topics.store().catch(() => undefined); // Whoever asks tries again, and tells.

  /** Messages of one transaction: a batch for each of their partitions. */
  const write = async (name: string, messages: readonly EventMessage[]): Promise<void> => {
    const topic = await topics.topic(name);
    const tables = await topics.store();
    const byPartition = new Map<number, EventMessage[]>();
    for (const message of messages) {
      const partition = partitionOf(message.key, topic.partitions.length);
      const ofIt = byPartition.get(partition) ?? [];
      ofIt.push(message);
      byPartition.set(partition, ofIt);
    }
    const batches = [...byPartition].map(([partition, ofIt]) => ({
      partition,
      count: ofIt.length,
      body: batchBodyOf(ofIt),
    }));
    const at = new Date(clock.now());
    const firsts = await tables.append(name, batches, at);
    for (const [partition, ofIt] of byPartition) {
      const first = firsts.get(partition) ?? 0;
      const stored = ofIt.map(({ key, value, headers = {} }, index) => ({
        offset: String(first + index),
        key,
        value: Buffer.from(value),
        headers,
        timestampMs: at.getTime(),
      }));
      topic.partitions[partition]?.appended(first, stored);
    }
    published.inc({ topic: name }, messages.length);
    retention.appended(topic);
  };
  const writerOf = (topic: string): TopicWriter => {
    const writer =
      writers.get(topic) ??
      createTopicWriter({
        topic,
        write: (messages) => write(topic, messages),
        dropped: (messages) => drop(topic, messages),
        clock,
        log,
        limits,
      });
    if (!writers.has(topic)) drop(topic, 0); // An alert sees a rise, not a figure that has just appeared.
    writers.set(topic, writer);
    return writer;
  };
  const refuse = (isClosed: boolean) => {
    if (isClosed) throw new AppError('unavailable', 'The event log is closed.');
  };
  const refuseClosed = () => refuse(closing !== undefined);
  const refuseLarge = (messages: readonly EventMessage[]) => {
    const bytes = messages.reduce((most, message) => Math.max(most, messageBytes(message)), 0);
    if (bytes > limits.maxMessageBytes)
      throw new AppError(
        'payload_too_large',
        `A message of ${bytes} bytes is more than the ${limits.maxMessageBytes} that the event log takes.`,
      );
  };
  /** @throws AppError unavailable when it fails, or takes too long */
  const answer = async <T>(asking: () => Promise<T>): Promise<T> => {
    refuseClosed();
    const bound = new AbortController();
    const late = new AppError('unavailable', `The event log did not answer within ${limits.answerTimeoutMs} ms.`);
    const timer = clock.after(limits.answerTimeoutMs, () => bound.abort(late));
    try {
      return await unlessAborted(bound.signal, asking());
    } catch (err) {
      throw err === late ? late : new AppError('unavailable', 'The event log cannot be asked.', { cause: err });
    } finally {
      timer.cancel();
    }
  };
  const close = async (until: AbortSignal | undefined) => {
    // First whoever works with what is read: that may be to write something.
    const readings = [...topics.all()].flatMap(({ groups }) => [...groups.values()].map(({ reading }) => reading));
    await Promise.all([...readings, ...consumers, ...memberships, sharing].map((one) => one.close(until)));
    isSealed = true;
    const bound = new AbortController();
    const end = () => bound.abort();
    if (until?.aborted) end();
    until?.addEventListener('abort', end, { once: true });
    const timer = clock.after(limits.closeMs, end);
    await Promise.all([...writers.values()].map((writer) => writer.close(bound.signal)));
    await Promise.all([commits.close(bound.signal), waitUntil(bound.signal, retention.close())]);
    timer.cancel();
    until?.removeEventListener('abort', end);
  };

  return {
    publish: (topic, message) => {
      try {
        refuse(isSealed);
        refuseLarge([message]);
      } catch (err) {
        drop(topic, 1);
        if (!isSealed) log.warn({ err, topic, key: message.key }, 'a message was not taken by the event log');
        return;
      }
      writerOf(topic).publish(message);
    },
    append: async (topic, messages) => {
      refuse(isSealed);
      refuseLarge(messages);
      await writerOf(topic).append(messages);
    },
    consume: async (topic, consume, handler) => {
      refuseClosed();
      const consumer = startLogConsumer({ topics, commits, clock, log, limits }, topic, consume, handler);
      consumers.add(consumer);
      return {
        ...consumer,
        close: async (until) => {
          await consumer.close(until);
          consumers.delete(consumer);
        },
      };
    },
    offsets: (name, groupName) =>
      answer(async () => {
        const topic = await topics.topic(name);
        const group = groupName === undefined ? undefined : topic.groups.get(groupName);
        return topic.partitions.map((one, partition) => {
          const { first, next } = one.bounds();
          const committed = group?.committed(partition);
          const about = committed === undefined ? {} : { committed: String(committed) };
          return { partition, first: String(first), next: String(next), ...about };
        });
      }),
    offsetsAt: (name, timeMs) =>
      answer(async () => {
        const topic = await topics.topic(name);
        const tables = await topics.store();
        const found = await tables.firstSince(name, new Date(timeMs));
        return topic.partitions.map((one, partition) => String(found.get(partition) ?? one.bounds().next));
      }),
    join: (name, group, member) => {
      refuseClosed();
      const membership = joinLater(clock, limits, async () => {
        const topic = await topics.topic(name);
        return () => sharing.join(JSON.stringify([name, group]), topic.partitions.length, member);
      });
      memberships.add(membership);
      return membership;
    },
    check: async () => {
      if (closing) return 'is closed';
      const unopened = topics.problem();
      if (unopened !== undefined) {
        topics.store().catch(() => undefined);
        return unopened;
      }
      for (const writer of writers.values()) {
        const problem = writer.problem();
        if (problem !== undefined) return problem;
      }
      for (const topic of topics.all())
        for (const group of topic.groups.values())
          if (group.hasMissed() && group.isKeptFor(clock.now() - limits.keepMs))
            return `has dropped messages of ${topic.name} that the group ${group.name} had not read`;
      return undefined;
    },
    close: (until) => {
      closing ??= close(until);
      return closing;
    },
  };
};
