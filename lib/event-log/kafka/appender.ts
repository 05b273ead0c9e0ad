import { AppError } from '../../errors/errors.js';
import type { EventMessage } from '../event-log.js';
import type { KafkaAdmin } from './admin.js';
import { isTooLarge, type KafkaDeps, within } from './client.js';
import { sendInParts } from './parts.js';
import { createKafkaSender, type Outgoing, outgoing } from './sender.js';

/** Writes messages while the caller waits. */
export interface KafkaAppender {
  append(topic: string, messages: readonly EventMessage[]): Promise<void>;
  close(until?: AbortSignal): Promise<void>;
}

/** Has connections of its own, so that it need not stand behind what was published and waits. */
export const createKafkaAppender = (deps: KafkaDeps, admin: KafkaAdmin): KafkaAppender => {
  const { where, clock, limits } = deps;
  const sender = createKafkaSender(deps);
  const closing = new AbortController();
  let last: Promise<void> = Promise.resolve();

  const send = (part: readonly Outgoing[]) =>
    sender.send(part).catch((err: unknown) => {
      if (!isTooLarge(err)) admin.doubtTopics();
      throw err;
    });
  const refused = ({ bytes }: Outgoing, cause: unknown) => {
    throw new AppError('payload_too_large', `${where} takes no message of ${bytes} bytes.`, { cause });
  };
  const chunksOf = (messages: readonly Outgoing[]): Outgoing[][] => {
    const chunks: Outgoing[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const message of messages) {
      const chunk = chunks.at(-1);
      if (chunk && chunk.length < limits.maxSendMessages && bytes + message.bytes <= limits.maxSendBytes) {
        chunk.push(message);
        bytes += message.bytes;
      } else {
        chunks.push([message]);
        bytes = message.bytes;
      }
    }
    return chunks;
  };

  return {
    append: async (topic, messages) => {
      if (closing.signal.aborted) throw new AppError('unavailable', 'The event log is closed.');
      const chunks = chunksOf(messages.map((message) => outgoing(topic, message, clock.now(), limits)));
      let given = false;
      const turn = async () => {
        for (const chunk of chunks) {
          await admin.ready(closing.signal);
          // Nobody waits for it any more.
          if (given || closing.signal.aborted) throw new AppError('unavailable', `${where} did not take the messages.`);
          await sendInParts(chunk, { send, refused });
        }
      };
      const own = last.then(turn);
      last = own.catch(() => undefined);
      try {
        await within(clock, limits.appendTimeoutMs, where, own);
      } finally {
        given = true;
      }
    },
    close: async (until) => {
      closing.abort();
      await within(clock, limits.closeMs, where, last, until).catch(() => undefined);
      await sender.close(until);
    },
  };
};
