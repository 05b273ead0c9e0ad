import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { BatchHandler, Consumer, EventLog } from '@tickfolio/lib/event-log';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { loadTopic } from '../events/user-stream.js';
import type { Erasures } from './erasures.js';

export interface ErasedAnswersDeps {
  readonly eventLog: Pick<EventLog, 'consume'>;
  readonly erasures: Pick<Erasures, 'done'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const group = 'auth';
const batch = { minBatchMessages: 1, maxBatchMessages: 500, maxBatchWaitMs: 100 };
const retryMs = 5_000;

/**
 * Hears from the other services what they have erased. Each says it once, in a stream of its own, and to hear it twice
 * changes nothing: so nothing is kept of what was read.
 * @param firstMs after so long it begins: what it reads with is nothing that a start should wait for
 */
export const followErasedAnswers = (deps: ErasedAnswersDeps, firstMs: number) => {
  const { eventLog, erasures, clock, log } = deps;
  let timer: Timer | undefined;
  let opening: Promise<void> | undefined;
  let consumer: Consumer | undefined;
  let closed = false;

  const open = async () => {
    const topic = await loadTopic();
    const heed: BatchHandler = async ({ messages }) => {
      for (const message of messages) {
        const read = topic.read(message);
        if (read.kind === 'unreadable') log.warn({ reason: read.reason }, 'an event of users could not be read');
        if (read.kind !== 'event' || read.event.type !== 'user.erased') continue;
        const { userId, source, data } = read.event;
        if (userId === undefined || source !== data.service) continue; // A service says it of itself only.
        await inBackground(() => erasures.done(userId, source)).catch((err: unknown) => {
          throw fromPostgresError(err);
        });
      }
    };
    if (closed) return;
    const opened = await eventLog.consume(topic.name, { group, ...batch }, heed);
    consumer = opened;
    void opened.failed.then(async (err) => {
      log.error({ err }, 'what other services have erased is not heard any more; beginning anew');
      await opened.close(AbortSignal.abort()); // So that the log says nothing of it any more.
      later(retryMs);
    });
  };
  const later = (ms: number) => {
    if (closed) return;
    timer = clock.after(ms, () => {
      opening = open().catch((err: unknown) => {
        log.warn({ err }, 'what other services have erased cannot be heard; trying again');
        later(retryMs);
      });
    });
  };
  later(firstMs);
  return {
    /** Lets the batch that is read end, no longer than until the signal. */
    close: async (until?: AbortSignal): Promise<void> => {
      closed = true;
      timer?.cancel();
      await opening;
      await consumer?.close(until);
    },
  };
};
