import type { Metrics } from '../../../telemetry/telemetry.js';
import type { Incoming } from './incoming.js';
import type { Fate } from './piece.js';

/** What is counted of events on their way in. */
export interface InboxMetrics {
  tell(events: readonly Incoming[], fates: readonly Fate[]): void;
  repaired(topic: string, count: number): void;
  parked(count: number): void;
}

export const createInboxMetrics = (metrics: Metrics, topics: readonly string[]): InboxMetrics => {
  const counter = (name: string, help: string, ...labels: string[]) =>
    metrics.counter({ name, help, labelNames: ['topic', ...labels] });
  const applied = counter('events_applied_total', 'Events that were taken in');
  const repeated = counter('events_repeated_total', 'Events that came again and were left out');
  const repaired = counter('events_repaired_total', 'Events that were missing and were fetched from their owner');
  const leftOut = counter(
    'events_left_out_total',
    'Events that were left out: of before a restore of their owner, of a parked stream, of an erased user',
    'because',
  );
  const streams = metrics.gauge({
    name: 'streams_parked',
    help: 'Streams of which nothing is taken in because of one event, until an operator releases them',
  });
  streams.set(0);
  for (const topic of topics) for (const one of [applied, repeated, repaired]) one.inc({ topic }, 0);
  return {
    tell: (events, fates) => {
      for (const [at, { of }] of events.entries()) {
        const [topic, fate] = [of.topic.name, fates[at]];
        if (fate === 'next' || fate === 'anew') applied.inc({ topic });
        else if (fate === 'repeated') repeated.inc({ topic });
        else if (fate === 'former' || fate === 'parked' || fate === 'erased') leftOut.inc({ topic, because: fate });
      }
    },
    repaired: (topic, count) => repaired.inc({ topic }, count),
    parked: (count) => streams.set(count),
  };
};
