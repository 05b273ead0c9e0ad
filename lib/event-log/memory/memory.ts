import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import type { Consumer, EventLog, EventMessage, TopicSettings } from '../event-log.js';
import { messageBytes } from '../message-bytes.js';
import { createMessageCounters } from '../message-counters.js';
import { nextBatch } from '../reading/next-batch.js';
import { startPartitionReader } from '../reading/partition-reader.js';
import { createReadingGroup, type ReadingGroup } from '../reading/reading-group.js';
import { createMemoryGroups } from './groups.js';
import { createMemoryTopic, type MemoryTopic } from './topic.js';

export interface MemoryEventLogOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How many messages a topic keeps; past it the oldest are dropped and counted. Default 100 000. */
  readonly maxMessages?: number;
  /** How large a message may be, key and headers included. Default 900 000, which is what the log on Kafka takes. */
  readonly maxMessageBytes?: number;
  /** Where offsets begin, for readers that remember them longer than this log lives. Default 0. */
  readonly firstOffset?: number;
  /** Topics and their partitions. */
  readonly topics?: readonly TopicSettings[];
  /**
   * Topics that may have no reader, with how many messages each keeps until it has one: those that make room before that
   * are missed by nobody, and not counted as dropped.
   */
  readonly unread?: Readonly<Record<string, number>>;
  /** How many partitions a topic has that is not among them. Default 3. */
  readonly partitions?: number;
}

interface Group {
  readonly topic: MemoryTopic;
  /** The next offset to read, by partition. */
  readonly committed: Map<number, number>;
  readonly reading: ReadingGroup;
  /** Whether it began at the newest: a group that begins with all there is may still come for what it has read. */
  fromNewest: boolean;
}

/**
 * An event log within this process; it ends with it. A message is forgotten without being counted as dropped once every
 * group of its topic has committed it, one of those that begin with all there is among them.
 */
export const createMemoryEventLog = (options: MemoryEventLogOptions): EventLog => {
  const {
    clock,
    log,
    metrics,
    maxMessages = 100_000,
    maxMessageBytes = 900_000,
    partitions = 3,
    firstOffset = 0,
    unread = {},
  } = options;
  const partitionsOf = new Map(options.topics?.map((topic) => [topic.name, topic.partitions]));
  const topics = new Map<string, MemoryTopic>();
  const groups = new Map<string, Group>();
  const sharing = createMemoryGroups(log);
  const { published, dropped } = createMessageCounters(metrics, partitionsOf.keys());
  let dropping = false;
  let closed = false;

  const topicOf = (name: string): MemoryTopic => {
    const topic =
      topics.get(name) ?? createMemoryTopic(name, partitionsOf.get(name) ?? partitions, maxMessages, firstOffset);
    topics.set(name, topic);
    return topic;
  };
  const groupKey = (topic: string, group: string) => JSON.stringify([topic, group]);
  const groupOf = (topic: MemoryTopic, name: string): Group => {
    const key = groupKey(topic.name, name);
    const reading = () => createReadingGroup(topic.partitions);
    const group = groups.get(key) ?? { topic, committed: new Map(), reading: reading(), fromNewest: false };
    groups.set(key, group);
    return group;
  };
  const isRead = (topic: MemoryTopic) =>
    [...groups.values()].some((group) => group.topic === topic && !group.fromNewest);
  const commit = (group: Group, partition: number, next: number): undefined => {
    group.committed.set(partition, next);
    dropping = false;
    if (!isRead(group.topic)) return;
    const everywhere = [...groups.values()]
      .filter((other) => other.topic === group.topic)
      .map((other) => other.committed.get(partition) ?? 0);
    group.topic.release(partition, Math.min(...everywhere));
  };
  const beginAtNewest = (group: Group) => {
    const { topic, committed } = group;
    if (committed.size > 0) return;
    group.fromNewest = true;
    for (let partition = 0; partition < topic.partitions; partition++)
      committed.set(partition, topic.bounds(partition).next);
  };
  const take = (name: string, message: EventMessage) => {
    const topic = topicOf(name);
    const lost = topic.append(message, clock.now(), clock.monotonic());
    published.inc({ topic: name });
    const kept = unread[name];
    if (kept !== undefined && !isRead(topic)) topic.trim(kept);
    if (lost === 0) return;
    dropped.inc({ topic: name }, lost);
    if (!dropping) log.warn({ topic: name, maxMessages }, 'the event log is full; its oldest messages are dropped');
    dropping = true;
  };

  const refuse = (messages: readonly EventMessage[]) => {
    if (closed) throw new AppError('unavailable', 'The event log is closed.');
    const bytes = messages.reduce((most, message) => Math.max(most, messageBytes(message)), 0);
    if (bytes > maxMessageBytes)
      throw new AppError(
        'payload_too_large',
        `A message of ${bytes} bytes is more than the ${maxMessageBytes} that the event log takes.`,
      );
  };

  return {
    publish: (name, message) => {
      try {
        refuse([message]);
      } catch (err) {
        dropped.inc({ topic: name });
        if (!closed) log.warn({ err, topic: name, key: message.key }, 'a message was not taken by the event log');
        return;
      }
      take(name, message);
    },
    append: async (name, messages) => {
      refuse(messages);
      for (const message of messages) take(name, message);
    },
    consume: async (name, consume, handler): Promise<Consumer> => {
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      const group = groupOf(topicOf(name), consume.group);
      if (consume.from === 'newest') beginAtNewest(group);
      const member = group.reading.join((partition) => {
        const source = group.topic.source(partition);
        const position = () => group.committed.get(partition) ?? 0;
        return startPartitionReader({
          topic: name,
          partition,
          handler,
          clock,
          log,
          nextBatch: (ending) => nextBatch({ source, position, consume, clock, ending }),
          commit: (next) => commit(group, partition, Number(next)),
        });
      });
      return {
        lag: async () => {
          let waiting = 0;
          for (const partition of member.partitions()) {
            const { first, next } = group.topic.bounds(partition);
            waiting += next - Math.max(first, group.committed.get(partition) ?? 0);
          }
          return waiting;
        },
        close: member.leave,
        failed: new Promise(() => undefined),
      };
    },
    offsets: async (name, groupName) => {
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      const topic = topicOf(name);
      const group = groupName === undefined ? undefined : groups.get(groupKey(name, groupName));
      return Array.from({ length: topic.partitions }, (_, partition) => {
        const { first, next } = topic.bounds(partition);
        const committed = group?.committed.get(partition);
        return {
          partition,
          first: String(first),
          next: String(next),
          ...(committed === undefined ? {} : { committed: String(committed) }),
        };
      });
    },
    offsetsAt: async (name, timeMs) => {
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      const topic = topicOf(name);
      return Array.from({ length: topic.partitions }, (_, partition) => String(topic.offsetAt(partition, timeMs)));
    },
    join: (name, group, member) => {
      if (closed) throw new AppError('unavailable', 'The event log is closed.');
      return sharing.join(groupKey(name, group), topicOf(name).partitions, member);
    },
    check: async () => (closed ? 'is closed' : undefined),
    close: async (until) => {
      closed = true;
      await sharing.close(until);
      await Promise.all([...groups.values()].map(({ reading }) => reading.close(until)));
    },
  };
};
