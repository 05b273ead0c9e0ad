import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { deadLettersOf } from '@tickfolio/lib/events/topic';

/** The topics the archiver needs, with their partitions. */
export const archiveTopics = (topic: string) => [
  { name: topic, partitions: miniTickers.partitions },
  deadLettersOf(topic),
];
