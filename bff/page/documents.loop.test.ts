import { accessibilityFaults, type BrowserContextOptions, type Page, startChromium } from '@tickfolio/lib/kit/chromium';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtDocuments } from '../app.js';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { password } from '../kit/page.js';

// The built documents in Chromium, served by a gateway below a base path, under its policy.

const browser = await startChromium();
let postgres: Postgres;
let bff: TestBff;
let at: string;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { documentsFolder: builtDocuments, basePath: '/tickfolio/' } });
  at = `${bff.url}/tickfolio/docs`;
});
afterAll(async () => {
  await browser?.close();
  await bff.close();
  await postgres.close();
});

/** Opens a window, and fails on what the browser complains about and on every request to anybody else. */
const withPage = async (options: BrowserContextOptions, work: (page: Page) => Promise<void>) => {
  const context = await browser?.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  if (!context) return;
  const faults: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (err) => faults.push(err.message));
  page.on('console', (message) => {
    // An answer that is no success is what a call was sent for.
    if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${bff.url}/tickfolio/`)) faults.push(`asked ${request.url()}`);
  });
  await work(page);
  await context.close();
  expect(faults).toEqual([]);
};
const isOver = 'document.documentElement.scrollWidth > innerWidth';

describe.skipIf(!browser)('who reads the documents', () => {
  it('signs in beside the calls, sends one, and reads the answer and the problem', async () => {
    const account = { name: `reader-${process.pid}`, password };
    await bff.call(undefined, 'POST', '/api/v1/auth/register', account);
    await withPage({}, async (page) => {
      await page.goto(`${at}#changeCoin`);
      const call = page.locator('#changeCoin');
      await call.getByRole('button', { name: 'Send' }).click();
      await call.getByText('Sign in at the top of this page first.').waitFor();
      await page.getByLabel('Name').first().fill(account.name);
      await page.getByLabel('Password').first().fill(account.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText(`Signed in as ${account.name}`).waitFor();
      await call.getByRole('button', { name: 'Send' }).click();
      await call.locator('.sent').getByText('200').waitFor();
      expect(JSON.parse((await call.locator('.answered').textContent()) ?? '')).toMatchObject({ Quantity: '1.5' });
      await call.getByLabel('Body').fill('{"symbol":"btcusdt","quantity":"1e3"}');
      await call.getByRole('button', { name: 'Send' }).click();
      await call.locator('.sent').getByText('400').waitFor();
      await call.getByRole('button', { name: 'Python' }).click();
      await expect
        .poll(() => call.locator('[data-sample=Python] code').textContent())
        .toContain(`httpx.request('POST', '${bff.url}/tickfolio/api/v1/profile/coins'`);
    });
  });

  it('finds a part of a document by a mistyped word, and goes there by the keyboard', async () => {
    await withPage({}, async (page) => {
      await page.goto(`${at}/guide/api/limits`);
      await page.keyboard.press('/');
      await page.keyboard.type('clse codes');
      await page.locator('.found a').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(/close-codes$/);
      await page.getByRole('heading', { name: 'Close codes' }).waitFor();
    });
  });

  it('watches the demo from the page of the WebSocket', async () => {
    await withPage({}, async (page) => {
      await page.goto(`${at}/websocket`);
      await page.getByRole('button', { name: 'Watch the demo here' }).click();
      await page.locator('.watch pre').getByText('"UserName": "demo"').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText(/^Stopped after/).waitFor();
    });
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    'has nothing that axe-core finds, nor anything beside the screen: %s, %i wide',
    async (colorScheme, width) => {
      await withPage({ colorScheme, viewport: { width, height: 844 } }, async (page) => {
        for (const path of [
          '#getCandles',
          '/websocket',
          '/events',
          '/guide',
          '/guide/operate/proxies',
          '/guide/settings',
          '/none',
        ]) {
          await page.goto(at + path);
          expect([path, await accessibilityFaults(page), await page.evaluate(isOver)]).toEqual([path, [], false]);
        }
      });
    },
  );
});
