import type { Metrics } from '../telemetry/telemetry.js';

/**
 * What every event log counts.
 * @param topics are shown with what was lost of them before anything is: an alert sees a rise, not a figure that has
 * just appeared
 */
export const createMessageCounters = (metrics: Metrics, topics: Iterable<string> = []) => {
  const published = metrics.counter({
    name: 'events_published_total',
    help: 'Messages taken by the event log.',
    labelNames: ['topic'],
  });
  const dropped = metrics.counter({
    name: 'events_dropped_total',
    help: 'Messages lost for want of room.',
    labelNames: ['topic'],
  });
  for (const topic of topics) dropped.inc({ topic }, 0);
  return { published, dropped };
};
