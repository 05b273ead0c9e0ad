import type { BatchHandler, ConsumeOptions, Consumer, PartitionOffsets } from '../../../event-log/event-log.js';
import type { EventMessage } from '../../../events/message.js';

/** An event log that hands over what a test tells it to, in whatever order, and keeps what is appended. */
export const createScriptedLog = () => {
  const handlers = new Map<string, BatchHandler[]>();
  const appended: { readonly topic: string; readonly message: EventMessage }[] = [];
  const groups: string[] = [];
  let offset = 0n;
  const set = {
    offsets: [] as readonly PartitionOffsets[],
    append: async (): Promise<void> => undefined,
    consume: async (): Promise<void> => undefined,
  };
  return {
    set,
    eventLog: {
      append: async (topic: string, messages: readonly EventMessage[]) => {
        await set.append();
        appended.push(...messages.map((message) => ({ topic, message })));
      },
      consume: async (topic: string, { group }: ConsumeOptions, handler: BatchHandler): Promise<Consumer> => {
        await set.consume();
        groups.push(`${topic} ${group}`);
        const reading = handlers.get(topic) ?? [];
        handlers.set(topic, [...reading, handler]);
        return {
          lag: async () => 0,
          close: async () =>
            void handlers.set(
              topic,
              (handlers.get(topic) ?? []).filter((one) => one !== handler),
            ),
          failed: new Promise(() => undefined),
        };
      },
      offsets: async () => set.offsets,
    },
    /** `topic group` of who has begun to read. */
    groups,
    /** How many read a topic. */
    readers: (topic: string) => handlers.get(topic)?.length ?? 0,
    /** Goes on as if so many messages had come and gone. */
    skip: (messages: bigint) => {
      offset += messages;
    },
    /** Hands one batch to one of those who read. @throws what its handler throws: then the log would bring it again */
    deliver: async (topic: string, messages: readonly EventMessage[], reader = 0): Promise<void> => {
      const handler = handlers.get(topic)?.[reader];
      if (!handler) throw new Error(`nobody reads ${topic}`);
      const stored = messages.map(({ key, value, headers = {} }, at) => ({
        offset: String(offset + BigInt(at)),
        key,
        value: Buffer.from(value),
        headers,
        timestampMs: 0,
      }));
      offset += BigInt(messages.length);
      await handler({ topic, partition: 0, messages: stored, heartbeat: async () => undefined });
    },
    /** `topic reason` of what went to the dead letters. */
    dead: () => appended.map(({ topic, message }) => `${topic} ${message.headers?.reason}`),
    appended,
  };
};
