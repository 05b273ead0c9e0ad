import { posix } from 'node:path';

/** Where the documents of the project stand on the server. */

/** Served as they are. */
const served: Readonly<Record<string, string>> = {
  'api/openapi.json': 'openapi.json',
  'api/asyncapi.json': 'asyncapi.json',
  'api/events.json': 'docs/events.json',
};

/** Pictures are copied; everything else that a document links is a page. */
export const isPicture = (path: string): boolean => /\.(png|svg|gif|webp)$/.test(path);

/**
 * Of a file of the project, from the root of the server; documents outside of docs/, and files that documents link,
 * stand under `project`. @param path from the project's root
 */
export const addressOf = (path: string): string => {
  const own = served[path];
  if (own !== undefined) return own;
  const inside = path.startsWith('docs/') ? path.slice('docs/'.length) : `project/${path}`;
  if (isPicture(path)) return `docs/guide/${inside}`;
  const name = inside.replace(/(^|\/)README\.md$/, '').replace(/\.md$/, '');
  return name === '' ? 'docs/guide' : `docs/guide/${name}`;
};

/** What a link of a document means; undefined where it leads outside. @param target as it is written */
export const linkedFile = (from: string, target: string): { path: string; anchor: string } | undefined => {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor = ''] = target.split('#');
  return { path: file === '' ? from : posix.join(posix.dirname(from), file), anchor };
};

/** As GitHub makes it of a heading: lower case, blanks become `-`, signs go. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
