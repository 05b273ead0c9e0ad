import { CompressionTypes, type ICustomPartitioner, type Message, type Producer } from 'kafkajs';
import { AppError } from '../../errors/errors.js';
import type { EventMessage } from '../event-log.js';
import { messageBytes } from '../message-bytes.js';
import { partitionOf } from '../partition.js';
import { type KafkaDeps, within } from './client.js';
import type { KafkaLimits } from './limits.js';

/** A message on its way to Kafka. */
export interface Outgoing {
  readonly topic: string;
  readonly message: Message & { readonly key: string };
  /** About what it takes up in a request. */
  readonly bytes: number;
}

/** @throws AppError `payload_too_large` when no send could carry it. */
export const outgoing = (topic: string, event: EventMessage, timestampMs: number, limits: KafkaLimits): Outgoing => {
  const { key, value, headers = {} } = event;
  const bytes = messageBytes(event);
  if (bytes > limits.maxSendBytes) {
    throw new AppError(
      'payload_too_large',
      `A message of ${bytes} bytes is more than the ${limits.maxSendBytes} that one send may carry.`,
    );
  }
  const payload = typeof value === 'string' ? value : Buffer.from(value);
  return { topic, message: { key, value: payload, headers, timestamp: String(timestampMs) }, bytes };
};

/** Sends one batch after another; never two at once. */
export interface KafkaSender {
  /**
   * Resolves when Kafka acknowledged all of it. After an error its fate is unknown: some, all or none may be written.
   */
  send(batch: readonly Outgoing[]): Promise<void>;
  close(until?: AbortSignal): Promise<void>;
}

/**
 * kafkajs' own attempts within one send: some 20 s of a broker's absence, in which a repeat is recognised by Kafka and
 * not written twice.
 */
const attempts = 14;

/**
 * The same partition as `partitionOf` says, which is Kafka's own choice, some twenty times faster than kafkajs computes
 * it.
 */
const partitioner: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) =>
    partitionOf(String(message.key ?? ''), partitionMetadata.length);

export const createKafkaSender = ({ connect, where, clock, limits }: KafkaDeps): KafkaSender => {
  let connected: Promise<Producer> | undefined;

  const open = async (): Promise<Producer> => {
    const producer = connect(attempts).producer({
      createPartitioner: partitioner,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    try {
      await producer.connect();
    } catch (err) {
      await producer.disconnect().catch(() => undefined);
      throw err;
    }
    return producer;
  };
  const forget = () => {
    const own = connected;
    connected = undefined;
    return own?.then((producer) => producer.disconnect()).catch(() => undefined);
  };

  return {
    send: async (batch) => {
      const byTopic = new Map<string, Message[]>();
      for (const { topic, message } of batch) {
        const messages = byTopic.get(topic);
        if (messages) messages.push(message);
        else byTopic.set(topic, [message]);
      }
      connected ??= open();
      try {
        const producer = await connected;
        await producer.sendBatch({
          acks: -1,
          timeout: limits.requestTimeoutMs,
          compression: CompressionTypes.GZIP,
          topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
        });
      } catch (err) {
        // The producer numbers what it sends, and Kafka drops a number it has seen. After a failure of unknown outcome
        // other messages must not get the same numbers: they would be acknowledged and never written.
        void forget();
        throw err;
      }
    },
    close: async (until) => {
      await within(clock, limits.closeMs, where, forget() ?? Promise.resolve(), until).catch(() => undefined);
    },
  };
};
