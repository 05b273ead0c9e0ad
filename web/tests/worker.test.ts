import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// The worker as the browser runs it, on caches that are a Map: what it keeps of builds that come, go and come back. In
// Chromium: offline-page.loop.test.ts.

const place = 'https://page.example/';
type Handler = (event: { waitUntil(work: Promise<unknown>): void; readonly data?: unknown }) => void;

/** What the servers serve, by address; undefined: they are away. */
let served: ReadonlyMap<string, string> | undefined;
let stores: Map<string, Map<string, string>>;
/** How often the worker took the pages that are open. */
let claims: number;

const answer = async (address: string): Promise<Response> => {
  const text = served?.get(new URL(address, place).pathname);
  if (served === undefined) throw new TypeError('away');
  return new Response(text ?? '', { status: text === undefined ? 404 : 200 });
};
const cacheOf = (entries: Map<string, string>) => ({
  addAll: async (addresses: readonly string[]) => {
    const all = await Promise.all(addresses.map(answer));
    if (all.some(({ ok }) => !ok)) throw new TypeError('not found');
    for (const [i, response] of all.entries()) entries.set(addresses[i] ?? '', await response.text());
  },
  put: async (address: string, response: Response) => void entries.set(address, await response.text()),
  match: async (address: string) => {
    const text = entries.get(address);
    return text === undefined ? undefined : new Response(text);
  },
});

beforeEach(() => {
  stores = new Map();
  claims = 0;
  vi.stubGlobal('fetch', answer);
  vi.stubGlobal('caches', {
    open: async (name: string) => {
      const entries = stores.get(name) ?? new Map();
      stores.set(name, entries);
      return cacheOf(entries);
    },
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
  });
});
afterEach(() => vi.unstubAllGlobals());

const filesOf = (build: string): ReadonlyMap<string, string> =>
  new Map([
    ['/', `index of ${build}`],
    [`/assets/page-${build}.js`, `script of ${build}`],
  ]);
let loaded = 0;
/** The worker of a build. Each evaluation of its file is a worker of its own. */
const workerOf = async (build: string) => {
  const handlers = new Map<string, Handler>();
  vi.stubGlobal('pageFiles', {
    build,
    index: createHash('sha256').update(`index of ${build}`).digest('hex'),
    assets: [`assets/page-${build}.js`],
  });
  vi.stubGlobal('self', {
    location: new URL(`${place}worker.js`),
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
    skipWaiting: async () => undefined,
    clients: { claim: async () => void claims++ },
  });
  const file = `../worker/worker.ts?${++loaded}`;
  await import(/* @vite-ignore */ file);
  return async (event: 'install' | 'activate' | 'message', data?: unknown) => {
    let work: Promise<unknown> = Promise.resolve();
    handlers.get(event)?.({ waitUntil: (given) => (work = given), data });
    await work;
  };
};
/** The servers serve this build, and the browser takes it. */
const take = async (build: string) => {
  served = filesOf(build);
  const tell = await workerOf(build);
  await tell('install');
  await tell('activate');
};
const kept = () => [...stores.keys()].filter((name) => stores.get(name)?.has('/')).sort();

it('keeps all files of a build, and those of the one before for pages that are open', async () => {
  for (const build of ['a', 'b', 'c']) await take(build);
  expect(kept()).toEqual(['tickfolio-b', 'tickfolio-c']);
});

it('loses nothing of a build that is rolled back to while the servers are away or serve another', async () => {
  await take('a');
  await take('b');
  const rolledBack = await workerOf('a');
  for (const found of [undefined, filesOf('b')]) {
    served = found;
    await rolledBack('install');
    await rolledBack('activate');
    expect(kept()).toEqual(['tickfolio-a', 'tickfolio-b']);
  }
});

it('keeps nothing of a build that cannot be kept whole', async () => {
  await take('a');
  const next = await workerOf('b');
  served = new Map([...filesOf('b'), ['/', 'index of another']]);
  await expect(next('install')).rejects.toThrow('index.html is of another build');
  expect(kept()).toEqual(['tickfolio-a']);
});

it('keeps the files of the build that was served last before the next, also where that one had been rolled back to', async () => {
  for (const build of ['a', 'b', 'a', 'c']) await take(build);
  expect(kept()).toEqual(['tickfolio-a', 'tickfolio-c']);
});

it('takes the pages that are open when it begins, and one that asks for it later', async () => {
  served = filesOf('a');
  const tell = await workerOf('a');
  await tell('install');
  expect(claims).toBe(0);
  await tell('activate');
  expect(claims).toBe(1);
  await tell('message', 'something else');
  expect(claims).toBe(1);
  await tell('message', 'claim');
  expect(claims).toBe(2);
});
