import { sleep } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { createBackoff } from '../../retry/retry.js';
import type { EventMessage } from '../event-log.js';
import { createMessageCounters } from '../message-counters.js';
import type { KafkaAdmin } from './admin.js';
import { type KafkaDeps, rootOf, within } from './client.js';
import { createBatchBound, sendInParts } from './parts.js';
import { createKafkaSender, type Outgoing, outgoing } from './sender.js';

/** Takes messages without waiting and sends them one batch at a time, for ever if need be. */
export interface KafkaPublisher {
  publish(topic: string, message: EventMessage): void;
  /** What is wrong, if the last send failed. */
  problem(): string | undefined;
  /**
   * Sends what waits, within its bound and no longer than until the signal; what is left then is dropped and counted.
   */
  close(until?: AbortSignal): Promise<void>;
}

const sizeOf = (batch: readonly Outgoing[]): number => batch.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * @param topics are shown with what was lost of them before anything is: an alert sees a rise, not a figure that has
 * just appeared
 */
export const createKafkaPublisher = (
  deps: KafkaDeps,
  admin: KafkaAdmin,
  topics: readonly string[] = [],
): KafkaPublisher => {
  const { where, clock, log, metrics, limits } = deps;
  const { published, dropped } = createMessageCounters(metrics, topics);
  const failures = metrics.counter({
    name: 'event_sends_failed_total',
    help: 'Sends to the event log that failed and were repeated.',
  });
  const waitingNow = metrics.gauge({
    name: 'events_waiting',
    help: 'Messages taken and not yet acknowledged by the event log.',
  });
  const sender = createKafkaSender(deps);
  /** By a running number, so that a batch that failed can be put back in front. */
  const waiting = new Map<number, Outgoing>();
  let first = 0;
  let next = 0;
  let waitingBytes = 0;
  let sending = 0;
  const bound = createBatchBound(limits.maxSendBytes);
  let problem: string | undefined;
  let overflowing = false;
  let closed = false;
  let running: Promise<void> | undefined;
  const hurry = new AbortController();
  const giveUp = new AbortController();

  const count = () => waitingNow.set(waiting.size + sending);
  const takeFirst = (): Outgoing | undefined => {
    const found = waiting.get(first);
    if (!found) return undefined;
    waiting.delete(first++);
    waitingBytes -= found.bytes;
    return found;
  };
  const trim = () => {
    if (waiting.size <= limits.maxWaitingMessages && waitingBytes <= limits.maxWaitingBytes) return;
    if (!overflowing)
      log.warn({ waiting: waiting.size }, `${where} takes no messages and the buffer is full; its oldest are dropped`);
    overflowing = true;
    while (waiting.size > limits.maxWaitingMessages || waitingBytes > limits.maxWaitingBytes) {
      const lost = takeFirst();
      if (!lost) return;
      dropped.inc({ topic: lost.topic });
    }
  };
  const takeBatch = (): Outgoing[] => {
    const batch: Outgoing[] = [];
    let bytes = 0;
    for (;;) {
      const head = waiting.get(first);
      if (!head || batch.length >= limits.maxSendMessages) return batch;
      // One goes in any case; none is larger than a send may be.
      if (batch.length > 0 && bytes + head.bytes > bound.bytes) return batch;
      bytes += head.bytes;
      batch.push(head);
      takeFirst();
    }
  };
  const putBack = (batch: readonly Outgoing[]) => {
    for (const message of batch.toReversed()) {
      waiting.set(--first, message);
      waitingBytes += message.bytes;
    }
    trim();
  };
  /** @param done is called with how many of the first messages that are left need not be sent again. */
  const sendBatch = async (batch: readonly Outgoing[], done: (count: number) => void) => {
    let largest = 0;
    let parts = 0;
    let tooLarge = 0;
    await sendInParts(batch, {
      send: async (part) => {
        if (giveUp.signal.aborted) throw new AppError('unavailable', 'The event log is closed.');
        await sender.send(part);
      },
      taken: (part) => {
        largest = Math.max(largest, sizeOf(part));
        parts++;
        done(part.length);
      },
      refused: ({ topic, bytes }, err) => {
        tooLarge++;
        dropped.inc({ topic });
        log.warn({ err: rootOf(err), topic, bytes }, `${where} takes no message of this size; it is dropped`);
        done(1);
      },
    });
    // Where single messages were refused, those were too large and not the batch.
    if (tooLarge === 0) bound.sent(largest, parts > 1);
  };
  const sendAll = async () => {
    await sleep(clock, limits.lingerMs, hurry.signal);
    const backoff = createBackoff(limits);
    while (waiting.size > 0 && !giveUp.signal.aborted) {
      await admin.ready(giveUp.signal);
      if (giveUp.signal.aborted) return;
      let left: readonly Outgoing[] = takeBatch();
      sending = left.length;
      try {
        await sendBatch(left, (count) => {
          left = left.slice(count);
          sending = left.length;
        });
        if (problem !== undefined) log.warn(`${where} takes messages again.`);
        problem = undefined;
        overflowing = false;
        backoff.reset();
      } catch (err) {
        failures.inc();
        if (problem === undefined) log.warn({ err }, `${where} takes no messages; they wait, and sending goes on.`);
        problem = `${where} takes no messages (${rootOf(err).message})`;
        putBack(left);
        admin.doubtTopics();
        await sleep(clock, backoff.next(), giveUp.signal);
      } finally {
        sending = 0;
        count();
      }
    }
  };
  const run = () => {
    running ??= sendAll().finally(() => {
      running = undefined;
      if (waiting.size > 0 && !giveUp.signal.aborted) run();
    });
  };

  return {
    publish: (topic, message) => {
      let taken: Outgoing;
      try {
        if (closed) throw new AppError('unavailable', 'The event log is closed.');
        taken = outgoing(topic, message, clock.now(), limits);
      } catch (err) {
        dropped.inc({ topic });
        log.warn({ err, topic, key: message.key }, 'a message was not taken by the event log');
        return;
      }
      published.inc({ topic });
      waiting.set(next++, taken);
      waitingBytes += taken.bytes;
      trim();
      count();
      run();
    },
    problem: () => problem,
    close: async (until) => {
      if (closed) return;
      closed = true;
      hurry.abort();
      await within(clock, limits.closeMs, where, running ?? Promise.resolve(), until).catch(() => undefined);
      giveUp.abort();
      const left = waiting.size + sending;
      if (left > 0) log.warn({ left }, `${where} did not take the last messages in time; they are dropped.`);
      for (let lost = takeFirst(); lost; lost = takeFirst()) dropped.inc({ topic: lost.topic });
      count();
      await sender.close(until);
    },
  };
};
