import type { asyncApi } from '@tickfolio/api/asyncapi';
import { html } from '@tickfolio/lib/look/html';
import { linkFrom, type SitePage, sideOf } from '../site/site-page.js';
import { clientStates } from './client-states.js';
import { fieldsOf } from './fields.js';
import type { Schema } from './openapi-document.js';
import { codeBlock, jsonText, paragraphs, prose } from './prose.js';
import { table } from './table.js';

type AsyncApiDocument = ReturnType<typeof asyncApi>;

const address = 'docs/websocket';

const titles: Readonly<Record<string, string>> = {
  frame: 'Frame',
  tokenExpiring: 'Token expiring',
  tokenAccepted: 'Token accepted',
  messageRefused: 'Error',
  subscribed: 'Subscribed',
  watchlist: 'Watchlist',
  price: 'Price',
  balance: 'Balance',
  resync: 'Resync',
  refresh: 'Refresh',
  view: 'View',
  subscribe: 'Subscribe',
  unsubscribe: 'Unsubscribe',
};
const titleOf = (name: string): string => titles[name] ?? name;

/** Who sends a message, by the operations of the document. */
const senderOf = ({ operations }: AsyncApiDocument, name: string): string => {
  const { receiveRefresh, receiveView, receiveChannels } = operations;
  const taken = [receiveRefresh, receiveView, receiveChannels].flatMap(({ messages }) => messages);
  const received = taken.some(({ $ref }) => $ref.endsWith(`/${name}`));
  return received ? 'client' : 'server';
};

const doThen: Readonly<Record<string, string>> = {
  'reconnect-now': 'connect again at once, to any replica; once more with a pause',
  'reconnect-later': 'connect again with growing pauses',
  refresh: 'fetch a new access token, then connect again; where none is to be had, sign in',
  stop: 'stop until a person wants it, or the program is mended',
};

const browserSample = `const socket = new WebSocket('ws://localhost:8080/api/v1/ws', ['bearer', accessToken]);
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if ('Type' in message) console.log(message.Type);
  else console.log(message.TotalValue);
};
socket.onclose = ({ code }) => console.log(code);`;
const programSample = `npx wscat -c 'ws://localhost:8080/api/v1/ws' -H "authorization: Bearer $TOKEN"`;

/** The page of the WebSocket, made of the AsyncAPI document that the gateway serves. */
export const webSocketPage = (document: AsyncApiDocument): SitePage => {
  const { live, demo } = document.channels;
  const names = Object.keys(document.components.messages);
  const messageOf = (name: string) => document.components.messages[name] ?? { summary: '', payload: {}, examples: [] };
  const messages = names.map((name) => {
    const { summary, payload, examples } = messageOf(name);
    return html`<h3 id="${name}">${titleOf(name)}</h3><p>Sent by the ${senderOf(document, name)}. ${prose(summary ?? '')}</p>
${fieldsOf(payload as Schema, {})}${codeBlock('json', jsonText(examples[0]?.payload))}`;
  });
  const overview = names.map((name) => [
    html`<a href="#${name}">${titleOf(name)}</a>`,
    senderOf(document, name),
    prose(messageOf(name).summary ?? ''),
  ]);
  const codes = live['x-close-codes'].map(({ code, reason, action }) => [
    String(code),
    reason,
    html`<code>${action}</code>: ${doThen[action] ?? ''}`,
  ]);
  const parts = [
    { title: 'Connecting', anchor: 'connecting' },
    { title: 'The demo', anchor: 'demo' },
    { title: 'States of a client', anchor: 'states' },
    { title: 'Messages', anchor: 'messages' },
    ...names.map((name) => ({ title: titleOf(name), anchor: name })),
    { title: 'Close codes', anchor: 'close-codes' },
  ];
  const main = html`<h1>WebSocket</h1>
${paragraphs(document.info.description)}
<p>Version ${document.info.version}. For programs: <a href="${linkFrom(address, 'asyncapi.json')}">asyncapi.json</a> (AsyncAPI 3.0). What a frame means, and its rhythm: <a href="${linkFrom(address, 'docs/guide/api/websocket')}">WebSocket in the guide</a>; <a href="${linkFrom(address, 'docs/guide/clients/own')}">writing a client</a>.</p>
<h2 id="connecting">Connecting</h2>
<p><code>${live.address}</code> is ${live.title.replace(/^T/, 't')}. Programs send the access token in the <code>Authorization</code> header; browsers, which cannot, send the subprotocol <code>bearer</code> and the token behind it.</p>
${codeBlock('js', browserSample)}${codeBlock('sh', programSample)}
<h2 id="demo">The demo</h2>
<p><code>${demo.address}</code>: ${demo.title.replace(/^O/, 'o')}. ${demo.description}</p>
<div class="panel watch" hidden><p><button type="button">Watch the demo here</button> <span role="status"></span></p><pre class="code" tabindex="0" hidden><code></code></pre></div>
<h2 id="states">States of a client</h2>
${clientStates}
<h2 id="messages">Messages</h2>
${table('Messages', ['message', 'sent by', 'what it is'], overview)}
${messages}
<h2 id="close-codes">Close codes</h2>
${table('Close codes', ['code', 'why', 'what to do'], codes)}`;
  return {
    address,
    title: 'WebSocket',
    main,
    side: sideOf('WebSocket', address, [
      { title: 'WebSocket', links: parts.map(({ title, anchor }) => ({ label: title, address: `#${anchor}` })) },
    ]),
    entries: [
      ...parts.map(({ title, anchor }) => ({
        title,
        within: 'WebSocket',
        address: `${address}#${anchor}`,
        text: messageOf(anchor).summary ?? '',
      })),
      ...live['x-close-codes'].map(({ code, reason, action }) => ({
        title: `Close code ${code}`,
        within: 'WebSocket',
        address: `${address}#close-codes`,
        text: `${reason}: ${action}`,
      })),
    ],
  };
};
