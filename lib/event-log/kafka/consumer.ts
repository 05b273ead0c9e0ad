import { type EachBatchPayload, type KafkaMessage, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import { waitUntil } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { retrying } from '../../retry/retry.js';
import type { BatchHandler, ConsumeOptions, Consumer, StoredMessage } from '../event-log.js';
import { watchSilence } from '../reading/silence-watch.js';
import type { KafkaAdmin } from './admin.js';
import { createKafkaAssignment } from './assignment.js';
import { createHeartbeatPace, isFinal, type KafkaDeps, rootOf, within } from './client.js';
import { type CommitFailures, createKafkaCommitter } from './committer.js';
import { beginAtNewest } from './starting-offset.js';

export interface KafkaConsumerDeps extends KafkaDeps {
  readonly commits: CommitFailures;
}

/** A member of a group, as the event log keeps it. */
export interface KafkaConsumer extends Consumer {
  /** What is wrong, if it is not in its group. */
  problem(): string | undefined;
}

/**
 * kafkajs' own attempts to connect, to join and so on, some two minutes. As long as they last the member keeps its
 * place in the group. After them it begins as a new member, and Kafka lets that in only when the session of the old one
 * has run out.
 */
const attempts = 60;
/** What one message costs in memory besides its own bytes. */
const overheadBytes = 200;

const textOf = (value: Buffer | string | (Buffer | string)[] | undefined): string =>
  Array.isArray(value) ? textOf(value.at(-1)) : (value?.toString() ?? '');
const noBytes = Buffer.alloc(0);
const noHeaders: Readonly<Record<string, string>> = {};

const headersOf = (headers: KafkaMessage['headers']): Readonly<Record<string, string>> => {
  const names = headers ? Object.keys(headers) : [];
  return names.length === 0 ? noHeaders : Object.fromEntries(names.map((name) => [name, textOf(headers?.[name])]));
};
const storedOf = ({ offset, key, value, headers, timestamp }: KafkaMessage): StoredMessage => ({
  offset,
  key: key?.toString() ?? '',
  value: value ?? noBytes,
  headers: headersOf(headers),
  timestampMs: Number(timestamp),
});

/**
 * Reads for one member. kafkajs fetches on while handlers run: what it brings goes into bounded buffers, one per
 * partition, and its loop keeps the membership alive. Before the member joins again in a rebalance it waits, bounded,
 * for its running handlers and commits them; what it read of partitions that it keeps stays, and is not fetched again.
 */
export const startKafkaConsumer = (
  deps: KafkaConsumerDeps,
  admin: KafkaAdmin,
  {
    topic,
    consume,
    handler,
  }: { readonly topic: string; readonly consume: ConsumeOptions; readonly handler: BatchHandler },
): KafkaConsumer => {
  const { connect, where, clock, limits, commits } = deps;
  const log = deps.log.child({ topic, group: consume.group });
  const who = `the consumer of ${topic} in group ${consume.group}`;
  const closing = new AbortController();
  let memberId: string | undefined;
  let joined = false;
  /** Since it was last in its group. */
  let starts = 0;
  let broken: Error | undefined;
  let handoverUntilMs: number | undefined;
  let fail: (err: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  /** Thrown into kafkajs' joining this makes it try again a little later. */
  const notYet = () => Object.assign(new Error('Handlers are still running.'), { type: 'REBALANCE_IN_PROGRESS' });
  const isBusy = () => assignment.isHandling() || !committer.isIdle();
  const assigner: PartitionAssigner = (config) => {
    const inner = PartitionAssigners.roundRobin(config);
    return {
      ...inner,
      protocol: (subscription) => {
        if (assignment.partitions().length > 0) {
          assignment.pause();
          handoverUntilMs ??= clock.monotonic() + limits.handoverMs;
          if (isBusy() && clock.monotonic() < handoverUntilMs) throw notYet();
        }
        handoverUntilMs = undefined;
        return inner.protocol(subscription);
      },
    };
  };
  const pace = createHeartbeatPace(clock, limits.heartbeatMs);
  const consumer = connect(attempts).consumer({
    groupId: consume.group,
    partitionAssigners: [assigner],
    sessionTimeout: limits.sessionTimeoutMs,
    heartbeatInterval: pace.interval,
    rebalanceTimeout: limits.rebalanceTimeoutMs,
    minBytes: limits.minFetchBytes,
    maxBytes: 4 * limits.maxFetchBytesPerPartition,
    maxBytesPerPartition: limits.maxFetchBytesPerPartition,
    maxWaitTimeInMs: limits.fetchWaitMs,
    allowAutoTopicCreation: false,
    retry: { retries: attempts, restartOnFailure: async () => !closing.signal.aborted },
  });
  const committer = createKafkaCommitter({
    send: (offsets) =>
      consumer.commitOffsets([...offsets].map(([partition, next]) => ({ topic, partition, offset: String(next) }))),
    clock,
    log,
    where,
    limits,
    refused: commits,
  });
  const resume = (partition: number) => {
    try {
      consumer.resume([{ topic, partitions: [partition] }]);
    } catch {
      // Not running at the moment: then nothing is paused either.
    }
  };
  const assignment = createKafkaAssignment({ topic, consume, handler, clock, log, limits, committer, resume });
  const lose = () => {
    joined = false;
    memberId = undefined;
    assignment.assign([]);
  };
  const die = (err: Error) => {
    if (broken || closing.signal.aborted) return;
    broken = err;
    watch.close();
    lose();
    log.error({ err }, `${who} died.`);
    fail(err);
  };
  const watch = watchSilence({
    clock,
    silenceMs: limits.silenceMs,
    probe: async () => (await admin.check()) === undefined,
    dead: () =>
      die(new AppError('unavailable', `${who} heard nothing for ${limits.silenceMs} ms although ${where} answers.`)),
  });

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    watch.heard();
    if (broken || closing.signal.aborted) return;
    // A new member begins where the group has committed, whatever an earlier one read.
    if (payload.memberId !== memberId) assignment.assign([]);
    memberId = payload.memberId;
    joined = true;
    starts = 0;
    const partitions = payload.memberAssignment[topic] ?? [];
    for (const [partition, next] of assignment.assign(partitions))
      consumer.seek({ topic, partition, offset: String(next) });
    log.info({ partitions }, `Joined the group; ${partitions.length} partitions are ours.`);
  });
  consumer.on(consumer.events.FETCH, watch.heard);
  consumer.on(consumer.events.HEARTBEAT, () => {
    pace.beaten();
    watch.heard();
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (closing.signal.aborted) return;
    log.debug({ err: error, restart }, `${who} broke.`);
    if (!restart && (isFinal(error) || starts >= limits.maxConsumerStarts)) die(error);
    else {
      log.warn({ err: rootOf(error) }, `${who} lost ${where}; it joins again.`);
      lose();
      if (!restart) started = start();
    }
  });

  const eachBatch = async ({ batch, resolveOffset, pause }: EachBatchPayload) => {
    if (closing.signal.aborted || broken) {
      pause();
      return;
    }
    let bytes = 0;
    const messages = batch.messages.map((message) => {
      bytes += (message.value?.length ?? 0) + (message.key?.length ?? 0) + overheadBytes;
      return storedOf(message);
    });
    const taken = assignment.take(batch.partition, messages, bytes);
    if (taken !== 'foreign') resolveOffset(batch.lastOffset());
    if (taken !== 'more') pause();
  };
  const start = async () => {
    starts++;
    await retrying(
      clock,
      limits,
      closing.signal,
      () => true,
      async () => {
        try {
          await admin.ready(closing.signal);
          if (consume.from === 'newest' && !closing.signal.aborted)
            await beginAtNewest(deps, admin, { topic, group: consume.group, signal: closing.signal });
          if (closing.signal.aborted) return;
          await consumer.connect();
          await consumer.subscribe({ topics: [topic], fromBeginning: true });
          await consumer.run({
            autoCommit: false,
            eachBatchAutoResolve: false,
            partitionsConsumedConcurrently: 1,
            eachBatch,
          });
        } catch (err) {
          log.warn({ err: rootOf(err) }, `${who} cannot begin yet; trying on.`);
          admin.doubtTopics();
          await consumer.disconnect().catch(() => undefined);
          throw err;
        }
      },
    );
  };
  let started = start();

  let closed: Promise<void> | undefined;
  const close = async (until: AbortSignal | undefined) => {
    closing.abort();
    watch.close();
    await waitUntil(until, assignment.finish());
    await within(clock, limits.closeMs, where, committer.settled(), until).catch(() => undefined);
    assignment.assign([]);
    const leaving = started.catch(() => undefined).then(() => consumer.disconnect());
    await within(clock, limits.closeMs, where, leaving, until).catch((err: unknown) =>
      log.debug({ err }, `${who} left without a word.`),
    );
  };

  return {
    failed,
    problem: () => {
      if (broken) return `${who} died (${broken.message})`;
      if (!joined) return `${who} is not in its group`;
      const uncommitted = committer.problem();
      if (uncommitted !== undefined) return `${who} cannot commit: ${uncommitted}`;
      const silentMs = watch.silentMs();
      return silentMs > limits.sessionTimeoutMs
        ? `${who} has heard nothing for ${Math.round(silentMs / 1_000)} s`
        : undefined;
    },
    lag: async () => {
      // Without partitions it would be 0, which says that nothing waits.
      if (!joined) throw new AppError('unavailable', `${who} is not in its group`);
      const partitions = await admin.offsets(topic, consume.group);
      let waiting = 0n;
      for (const partition of assignment.partitions()) {
        const found = partitions.find((of) => of.partition === partition);
        if (!found) continue;
        const [first, committed] = [BigInt(found.first), BigInt(found.committed ?? found.first)];
        waiting += BigInt(found.next) - (committed > first ? committed : first);
      }
      return Number(waiting);
    },
    close: (until) => {
      closed ??= close(until);
      return closed;
    },
  };
};
