import { type Html, html } from '@tickfolio/lib/look/html';
import { linkFrom, type SitePage, sideOf } from '../site/site-page.js';
import { fieldsOf } from './fields.js';
import type { Schema } from './openapi-document.js';
import { codeBlock, jsonText, paragraphs, prose } from './prose.js';
import { table } from './table.js';

/** The AsyncAPI document of the events, as far as its page is made of it. */
export interface EventsDocument {
  readonly info: { readonly version: string; readonly description: string };
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly address: string;
        readonly description: string;
        readonly messages: Readonly<Record<string, unknown>>;
        readonly bindings: { readonly kafka: { readonly partitions: number } };
        readonly 'x-source': string;
        readonly 'x-dead-letters': string;
      }
    >
  >;
  readonly components: {
    readonly schemas: { readonly envelope: Schema };
    readonly messages: Readonly<Record<string, EventMessage>>;
  };
}
interface EventMessage {
  readonly name: string;
  readonly summary: string;
  readonly payload: { readonly allOf: readonly [unknown, { readonly properties: { readonly data: Schema } }] };
  readonly bindings: { readonly kafka: { readonly key: { readonly description: string } } };
  readonly 'x-schema': number;
  readonly 'x-source': string;
  readonly 'x-stream': string;
  readonly examples: readonly [{ readonly payload: { readonly data: unknown } }];
}

const address = 'docs/events';

const eventOf = (message: EventMessage): Html => {
  const { data } = message.payload.allOf[1].properties;
  const [example] = message.examples;
  return html`<h3 id="${message.name}"><code>${message.name}</code></h3>
<p>${prose(message.summary)} Stream <code>${message['x-stream']}</code>, key <code>${message.bindings.kafka.key.description}</code>, schema ${String(message['x-schema'])}. Told by ${message['x-source']}.</p>
${fieldsOf(data, {})}${codeBlock('json', jsonText({ data: example.payload.data }))}`;
};

/** The page of the events between the services, made of their AsyncAPI document. */
export const eventsPage = (document: EventsDocument): SitePage => {
  const { envelope } = document.components.schemas;
  const topics = Object.values(document.channels).map((channel) => ({
    ...channel,
    events: Object.keys(channel.messages).flatMap((type) => document.components.messages[type] ?? []),
  }));
  const events = topics.flatMap((topic) => topic.events.map((message) => ({ topic, message })));
  const [first] = events;
  const overview = topics.map((topic) => [
    html`<a href="#${topic.address}"><code>${topic.address}</code></a>`,
    topic['x-source'],
    String(topic.bindings.kafka.partitions),
    html`<code>${topic['x-dead-letters']}</code>`,
  ]);
  const main = html`<h1>Events</h1>
${paragraphs(document.info.description)}
<p>Version ${document.info.version}. For programs: <a href="${linkFrom(address, 'docs/events.json')}">events.json</a> (AsyncAPI 3.0). Clients of the gateway hear of changes over the <a href="${linkFrom(address, 'docs/websocket')}">WebSocket</a>.</p>
<h2 id="topics">Topics</h2>
${table('Topics', ['topic', 'told by', 'partitions', 'what cannot be read'], overview)}
<h2 id="envelope">Envelope</h2>
<p>Around the data of every event.</p>
${fieldsOf(envelope, {})}${first ? codeBlock('json', jsonText(first.message.examples[0].payload)) : ''}
${topics.map(
  (topic) => html`<h2 id="${topic.address}"><code>${topic.address}</code></h2><p>${prose(topic.description)}</p>
${topic.events.map(eventOf)}`,
)}`;
  const side = [
    {
      title: 'Events',
      links: [
        { label: 'Topics', address: '#topics' },
        { label: 'Envelope', address: '#envelope' },
      ],
    },
    ...topics.map((topic) => ({
      title: topic.address,
      links: topic.events.map(({ name }) => ({ label: name, address: `#${name}` })),
    })),
  ];
  return {
    address,
    title: 'Events',
    main,
    side: sideOf('Events', address, side),
    entries: [
      { title: 'Envelope', within: 'Events', address: `${address}#envelope`, text: document.info.description },
      ...topics.map((topic) => ({
        title: topic.address,
        within: 'Events',
        address: `${address}#${topic.address}`,
        text: topic.description,
      })),
      ...events.map(({ topic, message }) => ({
        title: message.name,
        within: topic.address,
        address: `${address}#${message.name}`,
        text: message.summary,
      })),
    ],
  };
};
