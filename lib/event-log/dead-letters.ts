import { AppError } from '../errors/errors.js';
import { deadLettersOf } from '../events/topic.js';
import type { EventLog, EventMessage, StoredMessage } from './event-log.js';

export interface DeadLetter {
  readonly message: Pick<StoredMessage, 'key' | 'value' | 'headers'>;
  /** Why nothing can be made of it, in words. */
  readonly reason: string;
  /** Headers that say where it was: see `originOf`. */
  readonly origin: Readonly<Record<string, string>>;
}

/** Where messages of a topic go of which nothing can ever be made. */
export interface DeadLetters {
  /** Resolves when the log took all of them. At least once: a crash right after it sends them again. */
  send(letters: readonly DeadLetter[]): Promise<void>;
}

const maxReasonLength = 500;
/** What is kept of a message that is too large for the dead-letter topic. */
const keptBytes = 8 * 1_024;
/** Of one that is too large even so: nearly all that is left are our own headers. */
const leastBytes = 256;

/** Where a JavaScript date ends. A producer may set any number, such as nanoseconds. */
const lastDateMs = 8.64e15;
const momentText = (ms: number): string => (Math.abs(ms) <= lastDateMs ? new Date(ms).toISOString() : String(ms));

/** Where a message stands in the log. */
export const originOf = (
  partition: number,
  { offset, timestampMs }: Pick<StoredMessage, 'offset' | 'timestampMs'>,
): DeadLetter['origin'] => ({
  'origin-partition': String(partition),
  'origin-offset': offset,
  'origin-timestamp': momentText(timestampMs),
});

const cut = (message: EventMessage, maxBytes: number, own: Readonly<Record<string, string>>): EventMessage => ({
  key: message.key.slice(0, maxBytes),
  value: message.value.slice(0, maxBytes),
  headers: { ...own, 'original-bytes': String(message.value.length) },
});

/** Writes to `<topic>.dlq`: the message's own key and bytes, with where it came from and why as headers. */
export const createDeadLetters = (eventLog: Pick<EventLog, 'append'>, topic: string): DeadLetters => {
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
    send: async (letters) => {
      const messages = letters.map(({ message: { key, value, headers }, reason, origin }) => {
        const own = { reason: reason.slice(0, maxReasonLength), 'origin-topic': topic, ...origin };
        return { whole: { key, value, headers: { ...headers, ...own } }, own };
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
