import kafkajs, { type Admin } from 'kafkajs';
import type { TopicSettings } from '../event-log.js';

// Node does not find these two by name in a CommonJS module.
const { ConfigResourceTypes, ConfigSource } = kafkajs;
const keptTime = 'retention.ms';

/** What a topic is made with. */
export const configOf = ({ keepMs }: TopicSettings) =>
  keepMs === undefined ? [] : [{ name: keptTime, value: String(keepMs) }];

/**
 * Lets topics that keep their messages for a shorter time than they should keep them as long; where somebody chose a
 * longer time, or for ever (-1), that stays. Kafka replaces all that is set for a topic at once, so the rest of it is
 * said again.
 * @returns the names of the topics that were changed
 */
export const keepAsLong = async (admin: Admin, topics: readonly TopicSettings[]): Promise<readonly string[]> => {
  const wanted = new Map(topics.flatMap(({ name, keepMs }) => (keepMs === undefined ? [] : [[name, keepMs] as const])));
  if (wanted.size === 0) return [];
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [...wanted.keys()].map((name) => ({ type, name })),
  });
  const changes = resources.flatMap(({ resourceName: name, configEntries }) => {
    const keptMs = Number(configEntries.find(({ configName }) => configName === keptTime)?.configValue);
    const keepMs = wanted.get(name) ?? 0;
    if (keptMs < 0 || keptMs >= keepMs) return [];
    const others = configEntries
      .filter(({ configName, configSource }) => configSource === ConfigSource.TOPIC_CONFIG && configName !== keptTime)
      .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    return [{ type, name, configEntries: [...others, { name: keptTime, value: String(keepMs) }] }];
  });
  if (changes.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changes });
  return changes.map(({ name }) => name);
};
