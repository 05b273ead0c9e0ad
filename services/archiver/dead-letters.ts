import { AppError } from '@tickfolio/lib/errors';
import type { EventLog, EventMessage, StoredMessage } from '@tickfolio/lib/event-log';

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
/** No broker takes less than this. */
const keptBytes = 8 * 1_024;

const trimmed = (message: EventMessage): EventMessage =>
  message.value.length <= keptBytes
    ? message
    : {
        ...message,
        value: message.value.slice(0, keptBytes),
        headers: { ...message.headers, 'original-bytes': String(message.value.length) },
      };

/** Writes to `<topic>.dlq`: the message's own key and bytes, with where it came from and why as headers. */
export const createDeadLetters = (eventLog: EventLog, topic: string): DeadLetters => ({
  send: async (partition, letters) => {
    const messages = letters.map(({ message, reason }) => ({
      key: message.key,
      value: message.value,
      headers: {
        ...message.headers,
        reason: reason.slice(0, maxReasonLength),
        'origin-topic': topic,
        'origin-partition': String(partition),
        'origin-offset': message.offset,
        'origin-timestamp': new Date(message.timestampMs).toISOString(),
      },
    }));
    try {
      await eventLog.append(deadLetterTopic(topic), messages);
    } catch (err) {
      if (!(err instanceof AppError) || err.code !== 'payload_too_large') throw err;
      // A message near the broker's limit does not fit once our headers are on it: then where it was and why must do.
      for (const message of messages) await eventLog.append(deadLetterTopic(topic), [trimmed(message)]);
    }
  },
});

export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;
