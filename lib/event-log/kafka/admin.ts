import type { Admin } from 'kafkajs';
import { unlessAborted } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { type NextTry, retrying } from '../../retry/retry.js';
import type { PartitionOffsets, TopicSettings } from '../event-log.js';
import { isPassing, type KafkaDeps, within } from './client.js';
import { configOf, keepAsLong } from './kept-time.js';

/** Questions to Kafka, and the making of topics, over connections of their own. */
export interface KafkaAdmin {
  /** Resolves when every topic exists, however long that takes; at once when the signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
  /** Something went wrong that a missing topic may explain: looks for them again. */
  doubtTopics(): void;
  /** @throws AppError `unavailable`. */
  offsets(topic: string, group: string | undefined): Promise<readonly PartitionOffsets[]>;
  /** @throws AppError `unavailable`. */
  offsetsAt(topic: string, timeMs: number): Promise<readonly string[]>;
  /** Asks Kafka for a sign of life. @returns what is wrong, if anything. */
  check(): Promise<string | undefined>;
  close(until?: AbortSignal): Promise<void>;
}

/** A connection, and the questions that are under way on it. */
interface Link {
  readonly admin: Promise<Admin>;
  questions: number;
  /** No further question goes here; it is closed with its last one. */
  left: boolean;
}

/** kafkajs' own attempts within one question; it is bounded in time besides. */
const attempts = 2;

const closed = () => new AppError('unavailable', 'The event log is closed.');

export const createKafkaAdmin = (deps: KafkaDeps, topics: readonly TopicSettings[]): KafkaAdmin => {
  const { connect, where, clock, log, limits } = deps;
  const kafka = connect(attempts);
  const closing = new AbortController();
  let current: Link | undefined;
  let looking: Promise<void> | undefined;
  let missing = topics.length > 0;
  let waiting = false;

  const open = (): Promise<Admin> => {
    const admin = kafka.admin();
    return admin.connect().then(() => admin);
  };
  const hangUp = ({ admin }: Link) => admin.then((open) => open.disconnect()).catch(() => undefined);
  const ask = async <T>(question: (admin: Admin) => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) throw closed();
    current ??= { admin: open(), questions: 0, left: false };
    const link = current;
    link.questions += 1;
    try {
      return await within(clock, limits.answerTimeoutMs, where, link.admin.then(question));
    } catch (err) {
      // Whatever it was, the next question starts on a fresh connection.
      if (current === link) current = undefined;
      link.left = true;
      throw err;
    } finally {
      link.questions -= 1;
      if (link.left && link.questions === 0) void hangUp(link);
    }
  };
  /** kafkajs gives up at once where Kafka says that a partition has no leader yet. */
  const askOn = async <T>(question: (admin: Admin) => Promise<T>): Promise<T> => {
    const giveUpAt = clock.monotonic() + limits.answerTimeoutMs;
    const passes = (err: unknown, { retryInMs }: NextTry) => isPassing(err) && clock.monotonic() + retryInMs < giveUpAt;
    const answer = await retrying(clock, limits, closing.signal, passes, async () => ({ found: await ask(question) }));
    if (!answer) throw closed();
    return answer.found;
  };
  const makeTopics = async () => {
    const known = new Set(await ask((admin) => admin.listTopics()));
    const lacking = topics.filter(({ name }) => !known.has(name));
    if (lacking.length > 0) {
      // Somebody else may be making them at the same time; then this says false, and all is well.
      const made = await ask((admin) =>
        admin.createTopics({
          topics: lacking.map((topic) => ({
            topic: topic.name,
            numPartitions: topic.partitions,
            configEntries: configOf(topic),
          })),
        }),
      );
      if (made)
        log.info({ topics: lacking.map(({ name, partitions }) => ({ name, partitions })) }, 'Topics were created.');
    }
    const lengthened = await ask((admin) =>
      keepAsLong(
        admin,
        topics.filter((topic) => !lacking.includes(topic)),
      ),
    );
    if (lengthened.length > 0) log.info({ topics: lengthened }, 'Topics keep their messages longer from now on.');
    const { topics: found } = await ask((admin) =>
      admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) }),
    );
    for (const { name, partitions } of topics) {
      const has = found.find((topic) => topic.name === name)?.partitions.length ?? 0;
      if (has < partitions)
        log.warn(
          { topic: name, partitions: has, wanted: partitions },
          'A topic has fewer partitions than it should; it is left as it is.',
        );
    }
  };
  const tryOn = (err: unknown) => {
    if (!waiting && !closing.signal.aborted) log.warn({ err }, `${where} is not ready; trying on.`);
    waiting = true;
    return true;
  };
  const look = async () => {
    if (!missing) return;
    await retrying(clock, limits, closing.signal, tryOn, async () => {
      await makeTopics();
      missing = false;
      if (waiting) log.info(`${where} answers.`);
      waiting = false;
    });
  };
  const settled = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  void settled();

  return {
    ready: (signal) => {
      if (!missing || signal.aborted) return Promise.resolve();
      return unlessAborted(signal, settled()).catch((err: unknown) => {
        if (!signal.aborted) throw err;
      });
    },
    doubtTopics: () => {
      missing = topics.length > 0;
      void settled();
    },
    offsets: async (topic, group) => {
      const ends = await askOn((admin) => admin.fetchTopicOffsets(topic));
      const read =
        group === undefined ? [] : await askOn((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
      const committed = new Map(
        read.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, offset])),
      );
      return ends
        .map(({ partition, low, high }): PartitionOffsets => {
          const offset = committed.get(partition);
          // Kafka says -1 for "nothing yet".
          const known = offset !== undefined && !offset.startsWith('-');
          return { partition, first: low, next: high, ...(known ? { committed: offset } : {}) };
        })
        .sort((a, b) => a.partition - b.partition);
    },
    offsetsAt: async (topic, timeMs) => {
      const found = await askOn((admin) => admin.fetchTopicOffsetsByTimestamp(topic, timeMs));
      return found.sort((a, b) => a.partition - b.partition).map(({ offset }) => offset);
    },
    check: async () => {
      try {
        const { brokers } = await ask((admin) => admin.describeCluster());
        if (brokers.length === 0) return `${where} has no broker`;
        return missing ? `${where} has not all topics yet` : undefined;
      } catch (err) {
        return err instanceof Error ? err.message : String(err);
      }
    },
    close: async (until) => {
      closing.abort();
      const link = current;
      current = undefined;
      await within(clock, limits.closeMs, where, link ? hangUp(link) : Promise.resolve(), until).catch(() => undefined);
    },
  };
};
