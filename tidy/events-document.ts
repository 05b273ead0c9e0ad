import { exampleOf } from '@tickfolio/api/examples';
import { version } from '@tickfolio/api/version';
import { envelope } from '@tickfolio/lib/events/domain-event';
import { topics } from '@tickfolio/lib/events/domain-topics';
import { deadLettersOf } from '@tickfolio/lib/events/topic';
import type { Static, TSchema } from 'typebox';

const description = `What the services tell each other, by way of Kafka: JSON, each event with the same envelope around its data. Amounts are exact
decimal text, times ISO 8601 in UTC.

Every event is numbered in its stream, and a stream has one writer. It arrives at least once, and for the first time in the order of its
stream: who keeps the last \`version\` of each stream drops repeats, and sees what is missing. A higher \`epoch\` of a source says that its
database was restored: its streams are read anew. Fields are only added; fields and types that are not known
are passed over. \`schema\` rises only where that would be wrong, because what is new changes what the rest means. Readers are then brought up
to date before writers: to an older one such an event is no good, so it goes to the dead letters, and its stream waits until it is released.`;

interface Told {
  readonly schema: number;
  readonly data: TSchema & { readonly description?: string; readonly properties?: Readonly<Record<string, unknown>> };
  readonly withoutUser?: true;
  readonly byEach?: true;
}
/** A topic, whatever its events are. */
interface Topic extends Pick<(typeof topics)['user-events'], 'name' | 'description' | 'partitions' | 'source'> {
  readonly keepMs?: number;
  readonly types: Readonly<Record<string, Told>>;
  keyOf(event: object): string;
  streamOf(event: object): string;
}
const all = Object.values(topics) as unknown as readonly Topic[];

/** An event in which the name of each field stands in its place, to say what a key or a stream is made of. */
const namedEvent = (type: string, { data }: Told) => ({
  type,
  userId: '<userId>',
  data: Object.fromEntries(Object.keys(data.properties ?? {}).map((field) => [field, `<${field}>`])),
});
const around = exampleOf(envelope) as Pick<Static<typeof envelope>, 'id' | 'epoch' | 'version' | 'time'>;
const userId = exampleOf(envelope.properties.userId);

const exampleEvent = (topic: Topic, type: string, { schema, data: form, withoutUser, byEach }: Told) => {
  const data = exampleOf(form) as { readonly service?: string };
  const source = byEach ? (data.service ?? topic.source) : topic.source;
  const stream = topic.streamOf({ type, userId, data });
  const { id, epoch, version: first, time } = around;
  return { id, type, schema, source, epoch, ...(withoutUser ? {} : { userId }), stream, version: first, time, data };
};

const messageOf = (topic: Topic, type: string, told: Told) => {
  const named = namedEvent(type, told);
  const fields = { type: { const: type }, data: told.data };
  const required = [...(told.withoutUser ? [] : ['userId']), 'data'];
  return {
    name: type,
    summary: told.data.description ?? '',
    payload: { allOf: [{ $ref: '#/components/schemas/envelope' }, { type: 'object', required, properties: fields }] },
    bindings: { kafka: { key: { type: 'string', description: topic.keyOf(named) }, bindingVersion: '0.5.0' } },
    'x-schema': told.schema,
    'x-source': told.byEach ? 'each service, of itself' : topic.source,
    'x-stream': topic.streamOf(named),
    examples: [{ name: type, payload: exampleEvent(topic, type, told) }],
  };
};

const channelOf = ({ name, description: words, partitions, keepMs = 0, source, types }: Topic) => ({
  address: name,
  title: name,
  description: words,
  messages: Object.fromEntries(Object.keys(types).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
  bindings: {
    kafka: { topic: name, partitions, topicConfiguration: { 'retention.ms': keepMs }, bindingVersion: '0.5.0' },
  },
  'x-source': source,
  'x-dead-letters': deadLettersOf(name).name,
});

/** The document of all domain events by AsyncAPI 3.0, as their writers see it. */
export const eventsDocument = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'tickfolio events',
    version,
    description,
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  defaultContentType: 'application/json',
  servers: {
    containers: {
      host: 'kafka:9092',
      protocol: 'kafka',
      description: 'As `make up` starts it; elsewhere what the services are told as `BROKERS`.',
    },
  },
  channels: Object.fromEntries(all.map((topic) => [topic.name, channelOf(topic)])),
  operations: Object.fromEntries(
    all.map(({ name, description: summary, types }) => [
      `tell-${name}`,
      {
        action: 'send',
        channel: { $ref: `#/channels/${name}` },
        summary,
        messages: Object.keys(types).map((type) => ({ $ref: `#/channels/${name}/messages/${type}` })),
      },
    ]),
  ),
  components: {
    schemas: { envelope },
    messages: Object.fromEntries(
      all.flatMap((topic) =>
        Object.entries(topic.types).map(([type, told]) => [type, messageOf(topic, type, told)] as const),
      ),
    ),
  },
});
