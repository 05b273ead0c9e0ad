import { carry, detached, inSpan, isSampled, isTracing, openSpan, SpanKind, traceOf } from '../tracing/tracing.js';
import type { EventLog } from './event-log.js';

const attributes = (operation: 'send' | 'process', topic: string) => ({
  'messaging.system': 'kafka',
  'messaging.operation.type': operation,
  'messaging.destination.name': topic,
});
/** A batch may hold thousands of messages; so many of the traced ones are linked. */
const maxLinks = 32;

/**
 * Carries traces through the event log in message headers: of the sampled few that are published, to the batch in which
 * they are handled.
 */
export const traceEventLog = (eventLog: EventLog): EventLog => {
  if (!isTracing()) return eventLog;
  return {
    ...eventLog,
    publish: (topic, message) => {
      if (!isSampled()) {
        eventLog.publish(topic, message);
        return;
      }
      const span = detached(() =>
        openSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes: attributes('send', topic) }),
      );
      try {
        span.run(() => eventLog.publish(topic, { ...message, headers: { ...message.headers, ...carry() } }));
      } finally {
        span.end();
      }
    },
    consume: (topic, options, handler) =>
      eventLog.consume(topic, options, (batch) => {
        const traced = batch.messages.filter(({ headers }) => headers.traceparent !== undefined).slice(0, maxLinks);
        const [first] = traced;
        if (!first) return handler(batch);
        const links = traced.map(({ headers }) => traceOf(headers));
        const plan = {
          kind: SpanKind.CONSUMER,
          attributes: { ...attributes('process', topic), 'messaging.batch.message_count': batch.messages.length },
          // The first of them also leads here, so that one trace shows the whole way.
          parent: traceOf(first.headers),
          links,
        };
        return inSpan(`process ${topic}`, plan, () => handler(batch));
      }),
  };
};
