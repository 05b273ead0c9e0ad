import { type Clock, sleep, waitUntil } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { inBackground } from '../../postgres/background.js';
import { createBackoff } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { detached } from '../../tracing/tracing.js';
import type { EventMessage } from '../event-log.js';
import { messageBytes } from '../message-bytes.js';
import type { PostgresLogLimits } from './limits.js';

/** Writes the messages of one topic, in the order in which they came, many at once. */
export interface TopicWriter {
  /** Takes a message, and never waits. */
  publish(message: EventMessage): void;
  /** Resolves when all of them are written. @throws AppError unavailable when they were not within a bound */
  append(messages: readonly EventMessage[]): Promise<void>;
  /** Why nothing is written, if the last attempt failed. */
  problem(): string | undefined;
  /** Writes what waits, no longer than until the signal; what is left then is dropped and counted. */
  close(until: AbortSignal): Promise<void>;
}

export interface TopicWriterDeps {
  readonly topic: string;
  /** One transaction. */
  readonly write: (messages: readonly EventMessage[]) => Promise<void>;
  /** Counts what is lost. */
  readonly dropped: (messages: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: PostgresLogLimits;
}

/** One who waits until all of some messages are written. */
interface Call {
  left: number;
  /** Nobody waits any longer: what of it was not begun is not written. */
  isOver: boolean;
  end(fault?: unknown): void;
}

interface Waiting {
  readonly message: EventMessage;
  readonly bytes: number;
  /** Absent of what was published. */
  readonly call?: Call;
}

const unavailable = (words: string, cause?: unknown) =>
  new AppError('unavailable', words, { cause, retryAfterMs: 1_000 });

export const createTopicWriter = ({ topic, write, dropped, clock, log, limits }: TopicWriterDeps): TopicWriter => {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let running: Promise<void> | undefined;
  let problem: string | undefined;
  let isOverflowing = false;
  const giveUp = new AbortController();

  const add = (message: EventMessage, call?: Call) => {
    const bytes = messageBytes(message);
    waiting.push({ message, bytes, ...(call ? { call } : {}) });
    waitingBytes += bytes;
  };
  const removeAt = (index: number, count: number): Waiting[] => {
    const removed = waiting.splice(index, count);
    waitingBytes -= removed.reduce((sum, { bytes }) => sum + bytes, 0);
    return removed;
  };
  /** Of what was published the oldest; who waits for a call hears of it by that. */
  const trim = () => {
    while (waiting.length > limits.maxWaitingMessages || waitingBytes > limits.maxWaitingBytes) {
      const at = waiting.findIndex(({ call }) => call === undefined);
      if (at < 0) return;
      if (!isOverflowing)
        log.warn(
          { topic, waiting: waiting.length },
          'the event log cannot write and the buffer is full; its oldest messages are dropped',
        );
      isOverflowing = true;
      removeAt(at, 1);
      dropped(1);
    }
  };
  const take = (): readonly Waiting[] => {
    let [count, bytes] = [0, 0];
    for (const one of waiting) {
      const isFull = count >= limits.maxWriteMessages || bytes + one.bytes > limits.maxWriteBytes;
      if (count > 0 && isFull) break;
      bytes += one.bytes;
      count++;
    }
    return removeAt(0, count).filter(({ call }) => call?.isOver !== true);
  };
  const writeOne = async (batch: readonly Waiting[]): Promise<boolean> => {
    try {
      await write(batch.map(({ message }) => message));
    } catch (err) {
      if (problem === undefined && !giveUp.signal.aborted)
        log.warn({ err, topic }, 'the event log cannot write; what was published waits');
      problem = `cannot write ${topic}`;
      for (const { call } of batch) call?.end(unavailable('The event log could not write.', err));
      const again = batch.filter(({ call }) => call === undefined);
      waiting = [...again, ...waiting];
      waitingBytes += again.reduce((sum, { bytes }) => sum + bytes, 0);
      trim();
      return false;
    }
    if (problem !== undefined) log.info({ topic }, 'the event log writes again');
    problem = undefined;
    isOverflowing = false;
    for (const { call } of batch) if (call && --call.left === 0) call.end();
    return true;
  };
  const writeAll = async () => {
    const backoff = createBackoff({ ...limits, leastShare: 1 });
    while (waiting.length > 0 && !giveUp.signal.aborted) {
      const batch = take();
      if (batch.length === 0) continue;
      if (await writeOne(batch)) backoff.reset();
      else await sleep(clock, backoff.next(), giveUp.signal);
    }
  };
  const run = () => {
    if (running || giveUp.signal.aborted) return;
    running = detached(() => inBackground(writeAll)).finally(() => {
      running = undefined;
      if (waiting.length > 0) run();
    });
  };

  return {
    publish: (message) => {
      add(message);
      trim();
      run();
    },
    append: async (messages) => {
      if (giveUp.signal.aborted) throw unavailable('The event log is closed.');
      if (waiting.length >= limits.maxWaitingMessages || waitingBytes >= limits.maxWaitingBytes)
        throw unavailable('The event log has too much to write.');
      if (messages.length === 0) return;
      await new Promise<void>((resolve, reject) => {
        const late = () => call.end(unavailable(`The event log did not write within ${limits.appendTimeoutMs} ms.`));
        const timer = clock.after(limits.appendTimeoutMs, late);
        const call: Call = {
          left: messages.length,
          isOver: false,
          end: (fault) => {
            call.isOver = true;
            timer.cancel();
            if (fault === undefined) resolve();
            else reject(fault);
          },
        };
        for (const message of messages) add(message, call);
        run();
      });
    },
    problem: () => problem,
    close: async (until) => {
      await waitUntil(until, running ?? Promise.resolve());
      giveUp.abort();
      const left = removeAt(0, waiting.length);
      for (const { call } of left) call?.end(unavailable('The event log is closed.'));
      const lost = left.filter(({ call }) => call === undefined).length;
      if (lost > 0)
        log.warn({ topic, lost }, 'the event log could not write the last messages in time; they are dropped');
      dropped(lost);
    },
  };
};
