import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.js';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  /** Of one that is there twice, under an address of older documents. */
  readonly 'x-alias-of'?: string;
}
interface OpenApiDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const needs = ({ security = [] }: Operation): string => {
  const names = security.flatMap((one) => Object.keys(one));
  if (names.includes('bearerAuth')) return 'token';
  return names.includes('refreshCookie') ? 'cookie' : '';
};

/** In lines of at most 120 characters. */
const wrapped = (words: string): string =>
  words.split(' ').reduce((text, word) => {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    return line === '' ? text + word : line.length + 1 + word.length > 120 ? `${text}\n${word}` : `${text} ${word}`;
  }, '');

/** docs/api/calls.md: every call by its group, as api/openapi.json has them. */
export const callsPage = (): string => {
  const { tags, paths } = JSON.parse(readFileSync(join(root, 'api/openapi.json'), 'utf8')) as OpenApiDocument;
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-alias-of'] === undefined)
      .map(([method, operation]) => ({ ...operation, call: `${method.toUpperCase()} ${path}` })),
  );
  const groups = tags.map(({ name, description }) => {
    const rows = calls
      .filter((one) => one.tags[0] === name)
      .map((one) => `| \`${one.call.replace(/\{(\w+)\}/g, ':$1')}\` | ${one.summary} | ${needs(one)} |`);
    return `## ${name}\n\n${wrapped(description)}\n\n| call | what it does | needs |\n|---|---|---|\n${rows.join('\n')}`;
  });
  return `# All calls

<!-- Generated from api/openapi.json: run "make docs". -->

What every call of REST does; \`token\` needs an access token, \`cookie\` the cookie of the session. Bodies, answers,
samples and a form to try each stand at <http://localhost:8080/docs>, what holds for all of them in [REST](rest.md).

${groups.join('\n\n')}
`;
};
