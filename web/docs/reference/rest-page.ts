import { type Html, type HtmlPart, html } from '@tickfolio/lib/look/html';
import { linkFrom, type SitePage, sideOf } from '../site/site-page.js';
import { fieldList, fieldsOf, type Named } from './fields.js';
import { type Answer, type Call, callsOf, needsOf, type OpenApiDocument, sentExample } from './openapi-document.js';
import { codeBlock, jsonText, paragraphs, prose } from './prose.js';
import { exampleText, samplesOf } from './samples.js';
import { signInPanel } from './sign-in-panel.js';

const address = 'docs';
const isWebSocket = ({ responses }: Call): boolean => '101' in responses;

const limitWords = ({ 'x-rate-limit': limit }: Call): string | undefined => {
  if (!limit) return undefined;
  const { per, calls, windowSeconds, refillSeconds } = limit;
  const then =
    windowSeconds === undefined
      ? `at once, then one ${refillSeconds === 1 ? 'a second' : `every ${refillSeconds} s`}`
      : `in ${windowSeconds} s`;
  return `${calls} ${then}, of one ${per}`;
};

const needsWords = { token: 'an access token', cookie: 'the cookie of the session', nothing: 'no sign-in' } as const;

const answerOf = (status: string, { description, content = {} }: Answer, { components }: OpenApiDocument): Html => {
  const [type, { schema, example, examples } = {}] = Object.entries(content)[0] ?? [];
  const isProblem = type === 'application/problem+json';
  const [reason] = Object.keys(examples ?? {});
  const shown = reason === undefined ? example : components.examples[reason]?.value;
  const page: HtmlPart =
    reason !== undefined && html` <a href="${linkFrom(address, `docs/errors/${reason}`)}">${reason}</a>`;
  return html`<details class="answer"><summary><strong class="status">${status}</strong> <span>${prose(description)}</span></summary>
${isProblem ? html`<p>A problem:${page}</p>` : ''}${schema && !isProblem ? fieldsOf(schema, components.schemas) : ''}
${shown === undefined ? '' : codeBlock('json', jsonText(shown))}</details>`;
};

/** A form that makes the call; the page's script sends it. */
const tryForm = (call: Call): Html => {
  const body = sentExample(call);
  const id = (name: string) => `${call.operationId}-${name}`;
  const inputs = (call.parameters ?? []).map((parameter) => {
    const { name, in: place, required = false } = parameter;
    const given = required ? html` required value="${exampleText(parameter)}"` : '';
    return html`<p><label for="${id(name)}">${name}</label><input id="${id(name)}" name="${name}" data-in="${place}" placeholder="${exampleText(parameter)}" autocomplete="off"${given} /></p>`;
  });
  const field =
    body === undefined
      ? ''
      : html`<p><label for="${id('body')}">Body</label><textarea id="${id('body')}" name="body" rows="${Math.min(8, jsonText(body).split('\n').length)}" spellcheck="false">${jsonText(body)}</textarea></p>`;
  return html`<form class="try" hidden data-method="${call.method}" data-path="${call.path}" data-needs="${needsOf(call)}">
${inputs}${field}<p><button type="submit">Send</button> <span class="sent" role="status"></span></p>
<pre class="code answered" tabindex="0" hidden><code></code></pre></form>`;
};

const callOf = (call: Call, document: OpenApiDocument): Html => {
  const named: Named = document.components.schemas;
  const { operationId, method, path, summary, description, parameters = [], requestBody, responses } = call;
  const sent = requestBody?.content['application/json']?.schema;
  const limit = limitWords(call);
  const answers = Object.entries(responses).map(([status, answer]) => answerOf(status, answer, document));
  const known = parameters.map(({ name, in: place, schema, required = false, description: about }) => ({
    name,
    schema,
    required,
    more: [place === 'query' ? undefined : `in the ${place}`, about].filter(Boolean).join('; '),
  }));
  return html`<details class="call" id="${operationId}"><summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code> <span class="summary">${summary}</span></summary>
<div class="call-body">${paragraphs(description ?? '')}
<p class="facts">Needs ${needsWords[needsOf(call)]}.${limit === undefined ? '' : ` Limit: ${limit}.`}</p>
${isWebSocket(call) ? html`<p><a href="${linkFrom(address, 'docs/websocket')}">Messages and close codes of the WebSocket</a></p>` : ''}
${known.length > 0 ? html`<h3>Parameters</h3>${fieldList(known, named)}` : ''}
${sent ? html`<h3>Body</h3>${fieldsOf(sent, named)}` : ''}
${isWebSocket(call) ? '' : html`<h3>Sample</h3>${samplesOf(call)}<h3>Try it</h3>${tryForm(call)}`}
<h3>Answers</h3>${answers}</div></details>`;
};

/** The page of all REST calls, made of the OpenAPI document that the gateway serves. */
export const restPage = (document: OpenApiDocument): SitePage => {
  const calls = callsOf(document);
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    calls: calls.filter(({ tags }) => tags[0] === name),
  }));
  const label = ({ method, path }: Call): Html =>
    html`<span class="method ${method.toLowerCase()}">${method}</span> ${path.replace('/api/v1', '')}`;
  const side = groups.map(({ name, calls: own }) => ({
    title: name,
    links: own.map((call) => ({ label: label(call), address: `#${call.operationId}` })),
  }));
  const main = html`<h1>REST</h1>
${paragraphs(document.info.description)}
<p>Version ${document.info.version}. For programs: <a href="${linkFrom(address, 'openapi.json')}">openapi.json</a>. What holds for all calls: <a href="${linkFrom(address, 'docs/guide/api/rest')}">REST in the guide</a>. Live values: <a href="${linkFrom(address, 'docs/websocket')}">WebSocket</a>.</p>
${signInPanel}
${groups.map(
  ({
    name,
    description,
    calls: own,
  }) => html`<section class="group"><h2 id="${name}">${name}</h2><p>${prose(description)}</p>
${own.map((call) => callOf(call, document))}</section>`,
)}`;
  return {
    address,
    title: 'REST',
    main,
    side: sideOf('Calls', address, side),
    entries: calls.map(({ operationId, method, path, summary, description = '' }) => ({
      title: `${method} ${path}`,
      within: 'REST',
      address: `${address}#${operationId}`,
      text: `${summary}. ${description} ${operationId}`,
    })),
  };
};
