import { z } from '@tickfolio/lib/config';

// Where people open the page: known to who set the proxy up, and to nobody else. What reaches this server may have been
// rewritten.

/**
 * The addresses of the page itself, as web/page/routes.tsx has them; anything else that is no file of it is a 404. What
 * a build wrote lies under /assets too: files have an ending there, assets have none.
 */
export const pageRoutes = [
  ...[
    '/',
    '/portfolios',
    '/portfolios/:portfolio',
    '/portfolios/:portfolio/settings',
    '/markets',
    '/assets',
    '/assets/:asset(^[^.]+$)',
    '/trade',
    '/trade/:symbol',
  ],
  ...['/settings', '/settings/:section'],
  ...['/welcome', '/sign-in', '/sign-up', '/recover', '/coins/:symbol', '/account', '/deletions/:token', '/s/:token'],
];
/**
 * What the server's own addresses begin with, which a path before them may not hide; files of the page are seen when it
 * is served.
 */
export const ownAddresses: ReadonlySet<string> = new Set([
  ...['api', 'assets', 'asyncapi.json', 'docs', 'health', 'metrics', 'openapi.json', 'ready', 'users'],
  ...pageRoutes.flatMap((route) => route.split('/')[1] || []),
]);

/** @returns the path with a slash at both ends; undefined for what is no path of plain names */
const asBasePath = (path: string): string | undefined => {
  const closed = path.endsWith('/') ? path : `${path}/`;
  return /^\/([\w.~-]+\/)*$/.test(closed) && !/\/\.{1,2}\//.test(closed) ? closed : undefined;
};

const readUrl = (text: string): URL | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  return isPlain && asBasePath(url.pathname) !== undefined ? url : undefined;
};

const partsOf = (texts: string): string[] =>
  texts
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean);

/**
 * The addresses at which people open the page (`https://portfolio.example.com`, or with a path), separated by commas;
 * their texts, each ending in a slash.
 */
export const publicUrls = () =>
  z
    .string()
    .default('')
    .transform((texts, ctx): string[] => {
      const all = partsOf(texts).map((text) => {
        const url = readUrl(text);
        if (!url)
          ctx.addIssue({
            code: 'custom',
            message: `must list addresses such as https://portfolio.example.com or https://example.com/tickfolio/, not "${text}"`,
          });
        return url ? url.origin + asBasePath(url.pathname) : '';
      });
      const paths = new Set(all.filter(Boolean).map((url) => new URL(url).pathname));
      if (paths.size > 1)
        ctx.addIssue({
          code: 'custom',
          message: `must have one path for all addresses, not ${[...paths].join(' and ')}`,
        });
      return all;
    })
    .meta({ kind: 'addresses such as `https://portfolio.example.com`, separated by commas' });

/**
 * The path under which the page stands in its host, `/` where it has the host to itself.
 * @param given the text of PUBLIC_URL, whose path it is where it is not set
 */
export const basePath = (given: string | undefined) => {
  const [first = ''] = partsOf(given ?? '');
  const told = asBasePath(readUrl(first)?.pathname ?? '/') ?? '/';
  return z
    .string()
    .default(told)
    .transform((text, ctx): string => {
      const path = asBasePath(text);
      const [, start = ''] = text.split('/');
      if (ownAddresses.has(start))
        ctx.addIssue({
          code: 'custom',
          message: `must not begin with /${start}, which is an address of the server itself`,
        });
      else if (path === undefined)
        ctx.addIssue({ code: 'custom', message: `must be a path such as /tickfolio/, not "${text}"` });
      else if (readUrl(first) && path !== told)
        ctx.addIssue({ code: 'custom', message: `must be the path of PUBLIC_URL, which is ${told}, not "${text}"` });
      return path ?? '/';
    })
    .meta({ kind: 'path such as `/tickfolio/`' });
};
