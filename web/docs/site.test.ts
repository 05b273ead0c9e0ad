import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { addressOf } from './guide/guide-addresses.js';

const built = fileURLToPath(new URL('../dist/site/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const files = new Set(
  readdirSync(built, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')),
);
const read = (name: string) => readFileSync(built + name, 'utf8');

/** The pages, by the addresses at which the gateway serves them. */
const pages = new Map(
  [...files]
    .filter((name) => name.endsWith('.html') && name !== 'not-found.html')
    .map((name) => [name === 'index.html' ? 'docs' : `docs/${name.slice(0, -'.html'.length)}`, read(name)]),
);
/** What the gateway has besides, by `bff/api`. */
const besides = /^(|openapi\.json|asyncapi\.json|health|ready|metrics|docs\/errors(\/[\w-]+)?)$/;
const plain = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

/** Links of a page to this server: the address from its root, and what stands behind `#`. */
const linksOf = (from: string): { to: string; anchor: string }[] =>
  [...(pages.get(from) ?? '').matchAll(/ (?:href|src|srcset)="([^"]*)"/g)]
    .map(([, link = '']) => plain(link))
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#');
      if (path === '') return { to: from, anchor };
      const to = posix.join(posix.dirname(from), path).replace(/^\.?\/?$/, '');
      return { to, anchor };
    });

describe('the documents as pages', () => {
  it('lead nowhere that is not there, at every depth', () => {
    const dead = [...pages.keys()].flatMap((from) =>
      linksOf(from)
        .filter(({ to, anchor }) => {
          const page = pages.get(to);
          if (page !== undefined) return anchor !== '' && !page.includes(` id="${anchor}"`);
          return !besides.test(to) && !files.has(to.replace(/^docs\//, ''));
        })
        .map(({ to, anchor }) => `${from} -> ${to}#${anchor}`),
    );
    expect(dead).toEqual([]);
  });

  it('have every document below docs/, and each is reached from the index of the guide', () => {
    const documents = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => addressOf(`docs/${path.replaceAll('\\', '/')}`));
    expect(documents.length).toBeGreaterThan(100);
    expect(documents.filter((address) => !pages.has(address))).toEqual([]);
    const reached = new Set<string>();
    const waiting = ['docs/guide'];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      waiting.push(...linksOf(at).map(({ to }) => to));
    }
    expect([...pages.keys()].filter((address) => !reached.has(address))).toEqual([]);
  });

  it('load no script and no style but their own, and nothing that stands in the page, which the policy would refuse', () => {
    const allowed = /^docs\/assets\/(shell|theme)-[\w-]+\.(js|css)$/;
    for (const [address, page] of pages) {
      const loaded = [...page.matchAll(/<(?:script|link rel="stylesheet")[^>]* (?:src|href)="([^"]+)"/g)].map(
        ([, link = '']) => posix.join(posix.dirname(address), link),
      );
      expect([address, loaded.length, loaded.filter((link) => !allowed.test(link))]).toEqual([address, 3, []]);
      expect(page.match(/<style|<script(?![^>]* src=)| style="| on\w+="/g) ?? [], address).toEqual([]);
    }
  });

  it('are small: script and style together below 30 KB', () => {
    const sent = [...files].filter((name) => /^assets\/.*\.(js|css)\.br$/.test(name));
    expect(sent.reduce((sum, name) => sum + readFileSync(built + name).length, 0) / 1_000).toBeLessThan(30);
  });

  it('are found by the search part by part, each with an address that is there', () => {
    const entries = JSON.parse(read('search.json')) as { title: string; address: string; text: string }[];
    expect(entries.length).toBeGreaterThan(400);
    expect(entries.filter(({ address }) => !pages.has(address.split('#')[0] ?? ''))).toEqual([]);
    expect(entries.find(({ title }) => title === 'Close codes')?.address).toMatch(/#close-codes$/);
  });
});

it('the page of the events has every type, with an example, and the document itself beside it', () => {
  const document = read('events.json');
  expect(document).toBe(readFileSync(`${root}api/events.json`, 'utf8'));
  const { components } = JSON.parse(document) as { components: { messages: object } };
  const [, ...parts] = (pages.get('docs/events') ?? '').split('<h3 id="');
  expect(parts.map((part) => part.split('"')[0])).toEqual(Object.keys(components.messages));
  expect(parts.filter((part) => !part.includes('<pre class="code"'))).toEqual([]);
});

describe('the page of REST', () => {
  const page = pages.get('docs') ?? '';
  const { paths } = JSON.parse(readFileSync(`${root}api/openapi.json`, 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const partOf = (id: string) => page.split(`<details class="call" id="${id}"`)[1]?.split('<details class="call"')[0];

  it('has every call, with samples in three languages, a form, and an example of each answer', () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const { operationId, responses } of operations) {
      const part = partOf(operationId) ?? '';
      const isWebSocket = '101' in responses;
      expect([operationId, part.match(/data-sample="\w+"/g)?.length ?? 0]).toEqual([operationId, isWebSocket ? 0 : 3]);
      expect([operationId, part.includes('<form class="try"')]).toEqual([operationId, !isWebSocket]);
      const answers = part.split('<details class="answer"').slice(1);
      expect([operationId, answers.length]).toEqual([operationId, Object.keys(responses).length]);
      if (operationId !== 'getMetrics')
        expect(answers.filter((answer) => !answer.includes('<pre class="code"')).length, operationId).toBe(0);
    }
  });

  it('has samples that a shell and JavaScript read', () => {
    const code = (id: string, language: string) =>
      plain(new RegExp(`data-language="${language}"><code>([\\s\\S]*?)</code>`).exec(partOf(id) ?? '')?.[1] ?? '');
    expect(code('changeCoin', 'sh')).toBe(`curl 'http://localhost:8080/api/v1/profile/coins' \\
  -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' \\
  -d '{"symbol":"btcusdt","quantity":"1.5"}'`);
    const AsyncFunction = (async () => undefined).constructor as new (...of: string[]) => unknown;
    for (const { operationId, responses } of operations)
      if (!('101' in responses)) expect(() => new AsyncFunction(code(operationId, 'js'))).not.toThrow();
  });
});
