import { AppError } from '@tickfolio/lib/errors';
import type { EventLog, EventMessage, StoredMessage } from '@tickfolio/lib/event-log';
import { deadLettersOf } from '@tickfolio/lib/events/topic';

export interface DeadLetter {
  readonly message: StoredMessage;
  /** Why it cannot be stored, in words. */
  readonly reason: string;
}

/** Where messages go that can never be stored. */
export interface DeadLetters {
  /** Resolves when the log took all of them. At least once: a crash right after it sends them again. */
  send(partition: number, letters: readonly DeadLetter[]): Promise<void>;
}

const maxReasonLength = 500;
/** What is kept of a message that is too large for the dead-letter topic. */
const keptBytes = 8 * 1_024;
/** Of one that is too large even so: nearly all that is left are our own headers. */
const leastBytes = 256;

/** Where a JavaScript date ends. A producer may set any number, such as nanoseconds. */
const lastDateMs = 8.64e15;
const momentText = (ms: number): string => (Math.abs(ms) <= lastDateMs ? new Date(ms).toISOString() : String(ms));

const cut = (message: EventMessage, maxBytes: number, own: Readonly<Record<string, string>>): EventMessage => ({
  key: message.key.slice(0, maxBytes),
  value: message.value.slice(0, maxBytes),
  headers: { ...own, 'original-bytes': String(message.value.length) },
});

/** Writes to `<topic>.dlq`: the message's own key and bytes, with where it came from and why as headers. */
export const createDeadLetters = (eventLog: EventLog, topic: string): DeadLetters => {
  const append = (messages: readonly EventMessage[]) => eventLog.append(deadLettersOf(topic).name, messages);
  /** @returns whether the log took them; @throws what is no matter of size */
  const fits = async (...messages: readonly EventMessage[]): Promise<boolean> => {
    try {
      await append(messages);
      return true;
    } catch (err) {
      if (err instanceof AppError && err.code === 'payload_too_large') return false;
      throw err;
    }
  };
  return {
    send: async (partition, letters) => {
      const messages = letters.map(({ message, reason }) => {
        const own = {
          reason: reason.slice(0, maxReasonLength),
          'origin-topic': topic,
          'origin-partition': String(partition),
          'origin-offset': message.offset,
          'origin-timestamp': momentText(message.timestampMs),
        };
        return { whole: { key: message.key, value: message.value, headers: { ...message.headers, ...own } }, own };
      });
      if (await fits(...messages.map(({ whole }) => whole))) return;
      // A message near the broker's limit does not fit once our headers are on it: then where it was and why must do.
      for (const { whole, own } of messages) {
        if ((await fits(whole)) || (await fits(cut(whole, keptBytes, whole.headers)))) continue;
        await append([cut(whole, leastBytes, own)]);
      }
    },
  };
};
