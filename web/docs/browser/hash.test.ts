import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

it('says that prices are simulated also at an address with a stray percent sign', async () => {
  const mark = { hidden: true };
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
  vi.stubGlobal('fetch', async () => Response.json({ simulated: true }));
  vi.doMock('./search.js', () => ({ offerSearch: () => undefined }));
  await import('./main.js');
  await vi.waitFor(() => expect(mark.hidden).toBe(false));
});
