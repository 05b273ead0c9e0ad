// Opens the page without a network: keeps the page's own files of one build, and nothing else. What it does not answer
// goes its usual way.
declare const self: ServiceWorkerGlobalScope;

/** What the build wrote, put in by it. */
declare const pageFiles: {
  /** Made of everything below. */
  readonly build: string;
  /** SHA-256 of index.html as the server serves it, in hex. */
  readonly index: string;
  /** Addresses, from the page's place, whose names are made of their content. */
  readonly assets: readonly string[];
};

const { build, index, assets: names } = pageFiles;
/** The page's place in its host, with a slash at both ends. */
const { pathname: basePath } = new URL('./', self.location.href);
const assets = names.map((name) => basePath + name);
/** The caches of this page alone: all pages of one host see the same caches. */
const prefix = basePath === '/' ? 'tickfolio-' : `tickfolio ${basePath} `;
const own = `${prefix}${build}`;
/** Where the index stands in the cache, and where it is fetched. */
const indexAddress = basePath;
/** The addresses of the page, as the router has them, with or without a slash at their end. */
const isPageAddress = (path: string) =>
  path.startsWith(basePath) &&
  /^((markets|welcome|sign-in|sign-up|recover|account|(coins|deletions|s)\/[^/]+|portfolios(\/[^/]+(\/settings)?)?|settings(\/[^/]+)?|assets(\/[^/.]+)?|trade(\/[^/]+)?)\/?)?$/i.test(
    path.slice(basePath.length),
  );
/** A server that does not answer in time counts as away. */
const maxAnswerMs = 3_000;
/** Nobody waits for what is kept for later; it is tried again with the next visit. */
const maxKeepMs = 60_000;

const fetchIndex = async (): Promise<Response> => {
  const response = await fetch(indexAddress, { cache: 'no-store', signal: AbortSignal.timeout(maxKeepMs) });
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  // While an update is rolled out, another replica may have answered with another build's: then nothing is kept, and
  // tried again later.
  if (!response.ok || hex !== index) throw new Error('index.html is of another build');
  return response;
};
/** A build that was rolled back to may be kept since before; names are made of content, so that is all it needs. */
const isKept = async (cache: Cache) => {
  const found = await Promise.all(
    [...assets, indexAddress].map((address) => cache.match(address, { ignoreVary: true })),
  );
  return found.every((response) => response !== undefined);
};
const keep = async () => {
  const cache = await caches.open(own);
  if (await isKept(cache)) return;
  try {
    await cache.addAll(assets); // All of them or none.
    await cache.put(indexAddress, await fetchIndex());
  } catch (err) {
    await caches.delete(own);
    throw err;
  }
};
const install = async () => {
  await keep();
  await self.skipWaiting();
};

/** In a build's cache: the how manyth it was to begin. Nobody asks for it. */
const turnAddress = `${basePath}assets/turn`;
const turnOf = async (name: string): Promise<number> =>
  Number((await (await (await caches.open(name)).match(turnAddress))?.text()) ?? 0);

/** Files of the build before stay for pages that are still open; their names are never those of others. */
const clean = async () => {
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== own);
  const turns = new Map(await Promise.all(others.map(async (name) => [name, await turnOf(name)] as const)));
  // Not the one that was made before: a build that was rolled back to was made long ago.
  const inOrder = [...others].sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
  await (await caches.open(own)).put(turnAddress, new Response(String(Math.max(0, ...turns.values()) + 1)));
  await Promise.all(inOrder.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
};

const fromCache = async (address: string): Promise<Response | undefined> =>
  (await caches.open(own)).match(address, { ignoreVary: true });
const afterBound = () =>
  new Promise<undefined>((resolve) =>
    AbortSignal.timeout(maxAnswerMs).addEventListener('abort', () => resolve(undefined)),
  );

/** The server's page while it answers; else the one kept here, whose files are all kept too. */
const openPage = async (request: Request): Promise<Response> => {
  const asked = fetch(request);
  const answer = await Promise.race([asked.catch(() => undefined), afterBound()]);
  if (answer && answer.status < 500) return answer;
  return (await fromCache(indexAddress)) ?? answer ?? asked;
};
const openAsset = async (request: Request): Promise<Response> =>
  (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(clean()));
/** A page asks for it that is open and not ours. */
self.addEventListener('message', (event) => {
  if (event.data === 'claim') event.waitUntil(self.clients.claim());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPageAddress(pathname)) event.respondWith(openPage(request));
  } else if (pathname.startsWith(`${basePath}assets/`)) event.respondWith(openAsset(request));
});

export {};
