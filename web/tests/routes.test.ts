import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

/** The addresses that the router has, a name in the place of each of their parameters. */
const addresses = [...read('page/routes.tsx').matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) =>
  path.replace(/\$\w+/g, 'name'),
);

it('has the same addresses in the page, in the server that opens them and in the worker that does so without a network', () => {
  expect(addresses.length).toBeGreaterThan(9);
  const served = /export const pageRoutes = \[([\s\S]*?)\];/.exec(read('../bff/api/public-url.ts'))?.[1] ?? '';
  const ofServer = [...served.matchAll(/'([^']+)'/g)].map(([, path = '']) => path.replace(/:\w+(\([^)]*\))?/g, 'name'));
  expect([...ofServer].sort()).toEqual([...addresses].sort());
  const pattern = /\/(\^\(.+\)\?\$)\/i\.test\(\s*path\.slice/.exec(read('worker/worker.ts'))?.[1] ?? '(?!)';
  const isKept = (path: string) => new RegExp(pattern, 'i').test(path.slice(1));
  const withSlash = addresses.map((path) => path.replace(/(?<=.)$/, '/').replace('//', '/'));
  const inCapitals = addresses.map((path) => path.toUpperCase());
  expect([...addresses, ...withSlash, ...inCapitals].filter((path) => !isKept(path))).toEqual([]);
  expect(['//', '/nowhere', '/assets/main-1a2b.js', '/docs', '/api/v1/profile', '/coins'].filter(isKept)).toEqual([]);
});
