import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KitServer, startKit } from '../kit-server.js';
import { browser, drawn } from './kit/window.js';

/** For who wants to look at them. */
const pictures = fileURLToPath(new URL('../dist/kit', import.meta.url));
const looks = {
  light: { viewport: { width: 1_280, height: 900 } },
  dark: { viewport: { width: 1_280, height: 900 }, colorScheme: 'dark' },
  german: { viewport: { width: 1_280, height: 900 }, locale: 'de-DE' },
  narrow: { viewport: { width: 320, height: 800 } },
} as const;

let kit: KitServer;
beforeAll(async () => {
  if (!browser) return;
  await mkdir(pictures, { recursive: true });
  kit = await startKit(0);
});
afterAll(() => kit?.close());

describe.skipIf(!browser)('who works on the parts of the page', () => {
  it.each(Object.entries(looks))(
    'sees each by itself under /kit, whole and without a fault, %s',
    async (look, context) => {
      const opened = await browser?.newContext({ locale: 'en-US', timezoneId: 'UTC', ...context });
      if (!opened) return;
      try {
        const page = await opened.newPage();
        const faults: string[] = [];
        page.on('pageerror', (err) => faults.push(err.message));
        page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
        await page.goto(`${kit.origin}/kit`);
        await page.locator('[data-sample]').first().waitFor();
        const names = (await page.evaluate(
          '[...document.querySelectorAll("[data-sample]")].map(({ dataset }) => dataset.sample)',
        )) as readonly string[];
        expect(names.length).toBeGreaterThan(10);
        for (const name of names) {
          await page.locator('nav, main').getByRole('link', { name, exact: true }).click();
          await expect.poll(() => page.locator('[data-sample]').count()).toBe(1);
          const sample = page.locator(`[data-sample=${name}]`);
          await drawn(page);
          const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          const { height = 0 } = (await sample.boundingBox()) ?? {};
          expect({ name, wide, isEmpty: height < 40, faults }).toEqual({
            name,
            wide: false,
            isEmpty: false,
            faults: [],
          });
          expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
          await sample.screenshot({ path: join(pictures, `${name}-${look}.png`), animations: 'disabled' });
        }
      } finally {
        await opened.close();
      }
    },
  );
});
