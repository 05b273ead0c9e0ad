import { deadLetterTopic } from './dead-letters.js';

/** The topics the archiver needs, with their partitions. */
export const archiveTopics = (topic: string) => [
  { name: topic, partitions: 3 },
  { name: deadLetterTopic(topic), partitions: 1 },
];
