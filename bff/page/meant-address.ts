import { pageRoutes } from '../api/public-url.js';

const shapes = pageRoutes
  .filter((route) => route !== '/')
  .map((route) => new RegExp(`^${route.replace(/:\w+(\([^)]*\))?/g, '[^/]+')}$`, 'i'));
/** Behind these stands a name that is read as it is written. */
const named: ReadonlySet<string> = new Set(['assets', 'coins']);

/** In small letters, but for escapes: a proxy that writes those in capitals would be sent back here for ever. */
const lowered = (name: string): string =>
  name.replace(/%[\da-f]{2}|[^%]+/gi, (part) => (part.startsWith('%') ? part : part.toLowerCase()));

/**
 * The address of the page or of the documents that somebody meant who wrote a slash behind it, or its words in capitals.
 * @param path without what follows a question mark
 * @returns undefined where it is one as it stands, or none at all
 */
export const meantAddress = (path: string): string | undefined => {
  const [ofDocuments = ''] = /^\/docs(\/errors)?(?=\/|$)/i.exec(path) ?? [];
  if (ofDocuments !== ofDocuments.toLowerCase()) return ofDocuments.toLowerCase() + path.slice(ofDocuments.length);
  const plain = path.endsWith('/') ? path.slice(0, -1) : path;
  if (!shapes.some((shape) => shape.test(plain))) return undefined;
  const [, place = '', ...names] = plain.split('/');
  const first = place.toLowerCase();
  const meant = `/${[first, ...(named.has(first) ? names : names.map(lowered))].join('/')}`;
  return meant === path ? undefined : meant;
};
