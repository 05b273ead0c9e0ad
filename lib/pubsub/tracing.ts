import { carry, detached, inSpan, isSampled, isTracing, openSpan, SpanKind, traceOf } from '../tracing/tracing.js';
import type { PubSub } from './pubsub.js';

/** Channels of this prefix carry notices, which belong to the request that caused them; the others carry prices. */
const noticePrefix = 'tickfolio:';
/**
 * A pub/sub has no headers: the trace is one more field of a JSON object. Receivers do not look at fields they do not
 * know.
 */
const field = 'traceparent';
const mark = `"${field}"`;

type Fields = Readonly<Record<string, unknown>>;
/** Undefined for what is no JSON object, which has no room for a field. */
const fieldsOf = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
};
/**
 * The trace a message names. Only those in which the field's name stands are read, as prices are many and few of them
 * are traced.
 */
const traceIn = (text: string): string | undefined => {
  const trace = text.includes(mark) ? fieldsOf(text)?.[field] : undefined;
  return typeof trace === 'string' ? trace : undefined;
};

const attributes = (operation: 'send' | 'process', channel: string) => ({
  'messaging.system': 'redis',
  'messaging.operation.type': operation,
  // Prices have a channel for each symbol, which is too much for a name.
  'messaging.destination.name': channel,
});
const kindOf = (channel: string) => (channel.startsWith(noticePrefix) ? channel : 'price');

/**
 * Carries traces through a pub/sub of JSON objects: always for notices sent within a trace, for the sampled few of the
 * prices.
 */
export const tracePubSub = (pubsub: PubSub): PubSub => {
  if (!isTracing()) return pubsub;
  return {
    ...pubsub,
    publish: (channel, text, ...retained) => {
      const isNotice = channel.startsWith(noticePrefix);
      const fields = isNotice || isSampled() ? fieldsOf(text) : undefined;
      if (!fields) {
        pubsub.publish(channel, text, ...retained);
        return;
      }
      const plan = { kind: SpanKind.PRODUCER, attributes: attributes('send', channel) };
      const send = () => {
        const { traceparent } = carry();
        pubsub.publish(channel, traceparent ? JSON.stringify({ ...fields, [field]: traceparent }) : text, ...retained);
      };
      const span = isNotice
        ? openSpan(`send ${kindOf(channel)}`, plan)
        : detached(() => openSpan(`send ${kindOf(channel)}`, plan));
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
            const traceparent = traceIn(text);
            if (traceparent === undefined) {
              listener.message(channel, text);
              return;
            }
            const plan = {
              kind: SpanKind.CONSUMER,
              attributes: attributes('process', channel),
              parent: traceOf({ traceparent }),
            };
            void inSpan(`process ${kindOf(channel)}`, plan, () => listener.message(channel, text));
          },
        }),
      ),
  };
};
