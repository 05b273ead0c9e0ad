import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { inBackground } from '../../postgres/background.js';
import { retrying } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { StoredMessage, TopicSettings } from '../event-log.js';
import type { PostgresLogLimits } from './limits.js';
import { createLogGroup, type LogGroup } from './log-group.js';
import { createLogPartition, type LogPartition } from './log-partition.js';
import type { KeptPartition, LogStore, StoredPosition } from './store.js';

export interface LogTopic {
  readonly name: string;
  readonly partitions: readonly LogPartition[];
  /** By name: who has ever read it. */
  readonly groups: ReadonlyMap<string, LogGroup>;
  /** Made when it is asked for. */
  group(name: string): LogGroup;
}

/** The topics that are in the tables, and are made there. */
export interface LogTopics {
  /** @throws AppError unavailable while the database cannot be asked */
  topic(name: string): Promise<LogTopic>;
  /** Those that were asked for or were there at the opening. */
  all(): Iterable<LogTopic>;
  store(): Promise<LogStore>;
  /** Why it is not open, or undefined. */
  problem(): string | undefined;
}

export interface LogTopicsDeps {
  readonly store: Promise<LogStore>;
  /** Which topics there are, asked when one is made. */
  readonly settings: () => Promise<readonly TopicSettings[]>;
  /** How many partitions a topic gets that is not among them. */
  readonly partitions: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: PostgresLogLimits;
}

export const createLogTopics = (deps: LogTopicsDeps): LogTopics => {
  const { settings, clock, log, limits } = deps;
  const topics = new Map<string, LogTopic>();
  const making = new Map<string, Promise<LogTopic>>();
  let opening: Promise<LogStore> | undefined;
  let problem: string | undefined = 'is not open yet';

  const readerOf =
    (store: LogStore, { topic, partition }: KeptPartition) =>
    async (from: number, ending: AbortSignal, haveGone: () => boolean): Promise<readonly StoredMessage[]> => {
      const isPassing = (err: unknown) => {
        log.warn({ err, topic, partition }, 'messages cannot be read from the table; trying again');
        return true;
      };
      const read = async () => {
        const found = await inBackground(() => store.read(topic, partition, from));
        if (found.length > 0 || haveGone()) return found;
        throw new AppError('internal', `Partition ${partition} of ${topic} lacks its message ${from}.`);
      };
      return (await retrying(clock, limits, ending, isPassing, read)) ?? [];
    };
  const add = (store: LogStore, name: string, kept: readonly KeptPartition[], stored: readonly StoredPosition[]) => {
    const partitions = kept.map((one) => createLogPartition({ kept: one, read: readerOf(store, one), clock, limits }));
    const groups = new Map<string, LogGroup>();
    const topic: LogTopic = {
      name,
      partitions,
      groups,
      group: (groupName) => {
        const group = groups.get(groupName) ?? createLogGroup({ topic: name, name: groupName, partitions });
        groups.set(groupName, group);
        return group;
      },
    };
    for (const one of stored) topic.group(one.group).restore(one);
    topics.set(name, topic);
    return topic;
  };
  const load = async () => {
    const store = await deps.store;
    const { partitions, positions } = await store.load();
    const ofTopic = <One extends { readonly topic: string }>(all: readonly One[], name: string) =>
      all.filter(({ topic }) => topic === name);
    for (const name of new Set(partitions.map(({ topic }) => topic)))
      add(store, name, ofTopic(partitions, name), ofTopic(positions, name));
    problem = undefined;
    return store;
  };
  const open = (): Promise<LogStore> => {
    opening ??= load().catch((err: unknown) => {
      opening = undefined;
      problem = 'cannot be opened';
      throw err;
    });
    return opening;
  };
  const make = async (name: string): Promise<LogTopic> => {
    const store = await open();
    const found = topics.get(name);
    if (found) return found;
    const count = (await settings()).find((topic) => topic.name === name)?.partitions ?? deps.partitions;
    const kept = await store.make(name, count);
    return topics.get(name) ?? add(store, name, kept, []);
  };

  return {
    topic: (name) => {
      const made = making.get(name);
      if (made) return made;
      const begun = make(name);
      making.set(name, begun);
      begun.catch(() => making.delete(name));
      return begun;
    },
    all: () => topics.values(),
    store: open,
    problem: () => problem,
  };
};
