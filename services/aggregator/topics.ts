import type { TopicSettings } from '@tickfolio/lib/event-log';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { shareCount, shareTopic } from './publishing/shares.js';

/** The topics that an aggregator writes, and those that it shares the symbols by. */
export const aggregatorTopics = (sharesSymbols: boolean): readonly TopicSettings[] => [
  miniTickers,
  ...(sharesSymbols ? [{ name: shareTopic, partitions: shareCount }] : []),
];
