import { type Html, html } from '@tickfolio/lib/look/html';
import { type Call, needsOf, type Parameter, sentExample } from './openapi-document.js';
import { codeBlock } from './prose.js';

/** Where a run of `make run` stands; the page's script writes its own address in its place. */
const origin = 'http://localhost:8080';

export const exampleText = ({ example, schema }: Parameter): string => String(example ?? schema.examples?.[0] ?? '');

/** The address with an example in the place of each parameter that is needed. */
const addressOf = ({ path, parameters = [] }: Call): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_mark, name: string) => {
    const parameter = parameters.find((one) => one.name === name);
    return (parameter && exampleText(parameter)) || name;
  });
  const query = parameters.filter((one) => one.in === 'query' && one.required);
  return (
    origin +
    filled +
    (query.length > 0
      ? `?${new URLSearchParams(Object.fromEntries(query.map((one) => [one.name, exampleText(one)])))}`
      : '')
  );
};

/** For a shell, between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const curl = (call: Call): string => {
  const body = sentExample(call);
  const parts = [
    `curl ${quoted(addressOf(call))}`,
    ...(call.method === (body === undefined ? 'GET' : 'POST') ? [] : [`-X ${call.method}`]),
    ...(needsOf(call) === 'token' ? ['-H "authorization: Bearer $TOKEN"'] : []),
    ...(needsOf(call) === 'cookie' ? ['-b cookies.txt -c cookies.txt'] : []),
    ...(call.operationId === 'logIn' ? ['-c cookies.txt'] : []),
    ...(body === undefined ? [] : ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return parts.join(' \\\n  ');
};

const javascript = (call: Call): string => {
  const body = sentExample(call);
  const headers = [
    ...(needsOf(call) === 'token' ? ["authorization: 'Bearer ACCESS_TOKEN'"] : []),
    ...(body === undefined ? [] : ["'content-type': 'application/json'"]),
  ];
  const options = [
    ...(call.method === 'GET' ? [] : [`method: '${call.method}'`]),
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')} }`] : []),
    ...(needsOf(call) === 'cookie' || call.operationId === 'logIn' ? ["credentials: 'include'"] : []),
    ...(body === undefined ? [] : [`body: JSON.stringify(${JSON.stringify(body)})`]),
  ];
  const given = options.length > 0 ? `, {\n${options.map((one) => `  ${one},\n`).join('')}}` : '';
  return `const answer = await fetch('${addressOf(call)}'${given});
if (!answer.ok) throw new Error((await answer.json()).detail);
console.log(await answer.${call.path === '/metrics' ? 'text' : 'json'}());`;
};

const python = (call: Call): string => {
  const body = sentExample(call);
  const given = [
    `'${addressOf(call)}'`,
    ...(needsOf(call) === 'token' ? ["headers={'authorization': 'Bearer ACCESS_TOKEN'}"] : []),
    ...(body === undefined
      ? []
      : [
          `json=${JSON.stringify(body).replace(/(?<=[:,[])(true|false|null)\b/g, (word) => ({ true: 'True', false: 'False', null: 'None' })[word] ?? word)}`,
        ]),
  ];
  // The cookie of a session is kept by a client.
  const client = needsOf(call) === 'cookie' || call.operationId === 'logIn' ? 'client' : 'httpx';
  const made = client === 'client' ? 'client = httpx.Client()\n' : '';
  return `import httpx

${made}answer = ${client}.request('${call.method}', ${given.join(', ')})
answer.raise_for_status()
print(answer.${call.path === '/metrics' ? 'text' : 'json()'})`;
};

/** The call in three languages, with its examples filled in. */
export const samplesOf = (call: Call): Html => {
  const samples = [
    ['curl', 'sh', curl(call)],
    ['JavaScript', 'js', javascript(call)],
    ['Python', 'py', python(call)],
  ] as const;
  return html`<div class="samples">${samples.map(
    ([name, language, code]) =>
      html`<section data-sample="${name}"><h4>${name}</h4>${codeBlock(language, code)}</section>`,
  )}</div>`;
};
