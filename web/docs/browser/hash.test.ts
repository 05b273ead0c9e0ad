import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** Opens a document in a browser of this test's. @returns what it says of simulated prices */
const open = async (ready: () => Promise<Response>) => {
  const mark = { hidden: true, textContent: 'Simulated prices' };
  vi.stubGlobal('location', { hash: '#100%', href: 'http://localhost:8080/docs#100%' });
  vi.stubGlobal('document', {
    documentElement: { dataset: { root: './' } },
    querySelector: (selector: string) => (selector === '.simulated' ? mark : null),
    querySelectorAll: () => [],
    getElementById: () => null,
    addEventListener: () => undefined,
  });
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('HTMLDetailsElement', class {});
  vi.stubGlobal('fetch', ready);
  vi.doMock('./search.js', () => ({ offerSearch: () => undefined }));
  await import('./main.js');
  return mark;
};

it('says that prices are simulated also at an address with a stray percent sign', async () => {
  const mark = await open(async () => Response.json({ simulated: true }));
  await vi.waitFor(() => expect(mark).toEqual({ hidden: false, textContent: 'Simulated prices' }));
});

it.each<[string, () => Promise<Response>]>([
  ['a proxy keeps the answer to itself', async () => new Response('<h1>Forbidden</h1>', { status: 403 })],
  ['nobody answers', async () => Promise.reject(new TypeError('away'))],
  ['the server does not know yet', async () => Response.json({ simulated: null })],
])('says that it is not known whether prices are simulated where %s', async (_where, ready) => {
  const mark = await open(ready);
  await vi.waitFor(() => expect(mark).toEqual({ hidden: false, textContent: 'Simulated or real prices: not known' }));
});
