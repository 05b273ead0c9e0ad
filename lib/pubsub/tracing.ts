import { carry, detached, inSpan, isSampled, isTracing, openSpan, SpanKind, traceOf } from '../tracing/tracing.js';
import type { PubSub } from './pubsub.js';

/** Channels of this prefix carry notices, which belong to the request that caused them; the others carry prices. */
const noticePrefix = 'tickfolio:';
/** What the wrapper puts at the end of a JSON object; receivers do not look at fields they do not know. */
const mark = /,"traceparent":"([\da-f-]{55})"\}$/;

const attributes = (operation: 'send' | 'process', channel: string) => ({
  'messaging.system': 'redis',
  'messaging.operation.type': operation,
  // Prices have a channel for each symbol, which is too much for a name.
  'messaging.destination.name': channel,
});
const kindOf = (channel: string) => (channel.startsWith(noticePrefix) ? channel : 'price');

/** Carries traces through a pub/sub of JSON objects: always for notices sent within a trace, for the sampled few of the prices. */
export const tracePubSub = (pubsub: PubSub): PubSub => {
  if (!isTracing()) return pubsub;
  return {
    ...pubsub,
    publish: (channel, text, ...retained) => {
      const isNotice = channel.startsWith(noticePrefix);
      if (!text.endsWith('}') || (!isNotice && !isSampled())) {
        pubsub.publish(channel, text, ...retained);
        return;
      }
      const plan = { kind: SpanKind.PRODUCER, attributes: attributes('send', channel) };
      const send = () => {
        const { traceparent } = carry();
        pubsub.publish(channel, traceparent ? `${text.slice(0, -1)},"traceparent":"${traceparent}"}` : text, ...retained);
      };
      const span = isNotice ? openSpan(`send ${kindOf(channel)}`, plan) : detached(() => openSpan(`send ${kindOf(channel)}`, plan));
      try {
        span.run(send);
      } finally {
        span.end();
      }
    },
    subscribe: (channels, listener) =>
      detached(() =>
        pubsub.subscribe(channels, {
          ...listener,
          message: (channel, text) => {
            const traceparent = mark.exec(text)?.[1];
            if (traceparent === undefined) {
              listener.message(channel, text);
              return;
            }
            const plan = { kind: SpanKind.CONSUMER, attributes: attributes('process', channel), parent: traceOf({ traceparent }) };
            void inSpan(`process ${kindOf(channel)}`, plan, () => listener.message(channel, text));
          },
        }),
      ),
  };
};
