import { type Clock, waitUntil } from '../../clock/clock.js';
import type { Consumer, EventLog } from '../../event-log/event-log.js';
import { inBackground } from '../../postgres/postgres.js';
import { retrying } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { detached } from '../../tracing/tracing.js';
import type { Intake } from './intake.js';
import type { ConsumedTopic } from './taking/consumed-topic.js';

const retry = { minRetryMs: 250, maxRetryMs: 5_000 };
/**
 * So long are messages gathered, so that one transaction takes several: those of one command come together, and what
 * comes while some are taken in is taken in together after them.
 */
const batches = { minBatchMessages: 50, maxBatchMessages: 200, maxBatchWaitMs: 5 };

export interface ConsumingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly eventLog: Pick<EventLog, 'consume' | 'offsets'>;
  readonly intake: Pick<Intake, 'batches' | 'positions' | 'readings'>;
  readonly signal: AbortSignal;
}

/** Reads topics of the log, each once all that its owner has was read. */
export interface Consuming {
  /** Why a topic is not read, in words. */
  problem(): string | undefined;
  readonly failed: Promise<Error>;
  /** Once the signal aborted. */
  close(until?: AbortSignal): Promise<void>;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * A group reads one topic: the Kafka client deals the partitions of one member's topic to all members, and who reads
 * another one drops them. The first keeps the name that it had while it was alone.
 */
const groupOf = (group: string, topics: readonly ConsumedTopic[], name: string): string =>
  topics[0]?.topic.name === name ? group : `${group}.${name}`;

export const startConsuming = (deps: ConsumingDeps, group: string, topics: readonly ConsumedTopic[]): Consuming => {
  const { clock, log, eventLog, intake, signal } = deps;
  const consumers: Consumer[] = [];
  const waits = new Map<string, string>();
  let fail: (err: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  const consume = async (of: ConsumedTopic): Promise<void> => {
    const { name, source } = of.topic;
    const reading = intake.readings.get(source);
    const own = groupOf(group, topics, name);
    if (reading && (await intake.positions.isLost(name, await eventLog.offsets(name, own)))) {
      log.warn({ topic: name }, 'the log is not where it was; events are read from their owner');
      await reading.again();
    }
    const consumer = await eventLog.consume(name, { group: own, ...batches }, (batch) =>
      intake.batches.handle(of, batch),
    );
    void consumer.failed.then(fail);
    if (signal.aborted) await consumer.close(AbortSignal.abort());
    else consumers.push(consumer);
  };
  const begin = async (of: ConsumedTopic) => {
    const { name, source } = of.topic;
    await Promise.race([intake.readings.get(source)?.known, aborted(signal)]);
    if (signal.aborted) return;
    const isPassing = (err: unknown) => {
      waits.set(name, `${name} is not read yet: ${err instanceof Error ? err.message : String(err)}`);
      return true;
    };
    await retrying(clock, retry, signal, isPassing, () => consume(of));
    waits.delete(name);
  };
  const begun = detached(() => inBackground(() => Promise.all(topics.map(begin))));

  return {
    problem: () => [...waits.values()][0],
    failed,
    close: async (until) => {
      await waitUntil(until, begun);
      await Promise.all(consumers.map((consumer) => consumer.close(until)));
    },
  };
};
