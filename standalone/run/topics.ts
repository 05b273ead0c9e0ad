import type { TopicSettings } from '@tickfolio/lib/event-log';
import type { AnyPart } from './part.js';

/** @throws Error where two parts say otherwise of a topic: it would be as whoever came first made it */
export const topicsOf = async (parts: readonly AnyPart[], config: object): Promise<readonly TopicSettings[]> => {
  const told = await Promise.all(parts.map((part) => part.topics?.(config as never) ?? []));
  const topics = new Map<string, TopicSettings>();
  for (const { name, partitions, keepMs } of told.flat()) {
    const known = topics.get(name);
    if (known && known.partitions !== partitions)
      throw new Error(
        `the topic ${name} has ${known.partitions} partitions for one part of this run and ${partitions} for another`,
      );
    const longest = Math.max(known?.keepMs ?? 0, keepMs ?? 0);
    topics.set(name, { name, partitions, ...(longest > 0 ? { keepMs: longest } : {}) });
  }
  return [...topics.values()];
};
