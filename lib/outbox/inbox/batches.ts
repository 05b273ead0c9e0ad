import type { Clock } from '../../clock/clock.js';
import { toAppError } from '../../errors/errors.js';
import type { Batch } from '../../event-log/event-log.js';
import { inBackground } from '../../postgres/postgres.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { createPositions } from './positions.js';
import type { Reading } from './reading.js';
import type { ConsumedTopic } from './taking/consumed-topic.js';
import { type Incoming, readBatch } from './taking/incoming.js';
import type { Bury } from './taking/take.js';

export interface BatchesDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly positions: ReturnType<typeof createPositions>;
  /** Of the topics' sources, of those that can be asked. */
  readonly readings: ReadonlyMap<string, Reading>;
  readonly take: (events: readonly Incoming[], beat: () => Promise<void>) => Promise<void>;
  readonly bury: Bury;
}

/** A batch that was not handled comes again after 5 s at most; one that never does has moved to another replica. */
const comesAgainMs = 30_000;

/** Takes in what the log hands over. */
export interface Batches {
  handle(of: ConsumedTopic, batch: Batch): Promise<void>;
  /** Which partitions do not get on and why, in words. */
  problem(): string | undefined;
}

export const createBatches = ({ clock, log, positions, readings, take, bury }: BatchesDeps): Batches => {
  const stuck = new Map<string, { readonly words: string; readonly untilMs: number }>();

  const handle = async (of: ConsumedTopic, batch: Batch): Promise<void> => {
    const { topic, partition, messages } = batch;
    const [first, last] = [messages[0], messages.at(-1)];
    if (!first || !last) return;
    const reading = readings.get(of.topic.source);
    if (reading && (await positions.isBehind(topic, partition, BigInt(first.offset)))) {
      log.warn({ topic, partition, offset: first.offset }, 'messages went by; their events are read from their owner');
      await reading.again();
    }
    const { events, dead } = readBatch(of, batch);
    if (reading) await reading.raise(Math.max(0, ...events.map(({ epoch }) => epoch)));
    await take(events, () => batch.heartbeat());
    // Last: a batch that cannot be taken in comes again for as long as its owner is away, and would bury them each time.
    if (dead.length > 0) await bury(of, dead);
    await positions.note(topic, partition, BigInt(last.offset) + 1n);
  };
  return {
    handle: (of, batch) =>
      inBackground(async () => {
        const key = `${batch.topic} ${batch.partition}`;
        try {
          await handle(of, batch);
          if (stuck.delete(key))
            log.info({ topic: batch.topic, partition: batch.partition }, 'events are taken in again');
        } catch (err) {
          const thrown = toAppError(err);
          // Moved to another replica.
          if (thrown.code === 'canceled') stuck.delete(key);
          else {
            if (!stuck.has(key))
              log.warn(
                { err: thrown, topic: batch.topic, partition: batch.partition },
                'events could not be taken in; they come again',
              );
            const words = `partition ${batch.partition} of ${batch.topic} does not get on: ${thrown.message}`;
            stuck.set(key, { words, untilMs: clock.monotonic() + comesAgainMs });
          }
          throw err;
        }
      }),
    problem: () => [...stuck.values()].find(({ untilMs }) => clock.monotonic() <= untilMs)?.words,
  };
};
