import { type Clock, unlessAborted, waitUntil } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { retrying } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { BatchHandler, ConsumeOptions, Consumer } from '../event-log.js';
import { nextBatch } from '../reading/next-batch.js';
import { type PartitionReader, startPartitionReader } from '../reading/partition-reader.js';
import type { ReadingMember } from '../reading/reading-group.js';
import type { GroupCommits } from './group-commits.js';
import type { PostgresLogLimits } from './limits.js';
import type { LogGroup } from './log-group.js';
import type { LogTopic, LogTopics } from './log-topics.js';

export interface LogConsumerDeps {
  readonly topics: LogTopics;
  readonly commits: GroupCommits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: PostgresLogLimits;
}

interface Joined {
  readonly topic: LogTopic;
  readonly group: LogGroup;
  readonly member: ReadingMember;
}

/** One member of a group; it is in it once the log is open. */
export const startLogConsumer = (
  { topics, commits, clock, log, limits }: LogConsumerDeps,
  name: string,
  consume: ConsumeOptions,
  handler: BatchHandler,
): Consumer => {
  const leaving = new AbortController();
  let joined: Joined | undefined;

  const readerOf = (topic: LogTopic, group: LogGroup, partition: number): PartitionReader => {
    const place = topic.partitions[partition];
    if (!place) throw new RangeError(`topic ${name} has no partition ${partition}`);
    const position = () => group.position(partition);
    const { source, close } = place.open(position);
    const reader = startPartitionReader({
      topic: name,
      partition,
      handler,
      clock,
      log,
      nextBatch: (ending) => {
        const { first } = place.bounds();
        // What had to go is behind it, also where nothing came after that.
        if (position() < first) commits.moved(group, partition, first);
        return nextBatch({ source, position, consume, clock, ending });
      },
      commit: (next) => {
        commits.moved(group, partition, Number(next));
        return undefined;
      },
    });
    return {
      revoke: () => {
        close();
        reader.revoke();
      },
      finish: () => reader.finish(),
    };
  };
  const isPassing = (err: unknown, { failures }: { readonly failures: number }) => {
    if (failures === 1 && !leaving.signal.aborted)
      log.warn(
        { err, topic: name, group: consume.group },
        'the event log cannot be read yet; trying again until it can',
      );
    return true;
  };
  const join = async () => {
    const topic = await unlessAborted(leaving.signal, topics.topic(name));
    const group = topic.group(consume.group);
    await group.begin(consume.from, commits.commit);
    if (leaving.signal.aborted) return;
    joined = { topic, group, member: group.reading.join((partition) => readerOf(topic, group, partition)) };
  };
  const joining = retrying(clock, limits, leaving.signal, isPassing, join);

  return {
    lag: async () => {
      if (!joined) throw new AppError('unavailable', 'The group has not begun to read yet.');
      const { topic, group, member } = joined;
      let waiting = 0;
      for (const partition of member.partitions()) {
        const { first, next } = topic.partitions[partition]?.bounds() ?? { first: 0, next: 0 };
        waiting += next - Math.max(first, group.position(partition));
      }
      return waiting;
    },
    close: async (until) => {
      leaving.abort();
      await waitUntil(until, joining);
      await joined?.member.leave(until);
      await waitUntil(until, commits.flush());
    },
    failed: new Promise(() => undefined),
  };
};
