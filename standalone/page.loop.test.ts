import { accessibilityFaults } from '@tickfolio/lib/browser/test-chromium';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAllInOne } from './test-all-in-one.js';
import { browser, createAccount, exactTotal, type OpenPage, signIn, startRun, withPage } from './test-page.js';
import { eventually, freePort } from './test-process.js';

// The page in a real Chromium, on the all-in-one run as its users start it. Access tokens live seconds here, so every journey goes over their end.

const lifeSeconds = 8;
let run: Awaited<ReturnType<typeof startRun>>;
let env: Record<string, string>;
beforeAll(async () => {
  if (!browser) return;
  // The page is to find the server again where it was.
  env = { HTTP_PORT: String(await freePort()), JWT_ACCESS_TTL: `${lifeSeconds}s`, AUTH_RATE_LIMIT: '10000', LOGINS_PER_ADDRESS: '10000' };
  run = await startRun(env);
});
afterAll(() => run?.close());

const fiveCoins = { btcusdt: '1.5', ethusdt: '10.123456789012345678', solusdt: '120', dogeusdt: '25000', ethbtc: '2' };

/** Every frame that the page's sockets received, and how often each was opened. */
const watchSockets = (page: Page) => {
  const seen = { totals: new Set<string>(), frames: 0, opened: 0, sent: 0 };
  page.on('websocket', (socket) => {
    seen.opened++;
    socket.on('framesent', () => seen.sent++);
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { TotalValue?: string };
      if (frame.TotalValue === undefined) return;
      seen.frames++;
      seen.totals.add(frame.TotalValue);
    });
  });
  return seen;
};
const totalMoves = async (page: Page, what: string) => {
  const before = await exactTotal(page);
  await eventually(async () => ((await exactTotal(page)) === before ? undefined : true), 30_000, what);
};
const addByKeyboard = async (page: Page, query: string, quantity: string) => {
  await page.getByRole('button', { name: 'Add coin' }).click();
  await page.getByRole('combobox', { name: 'Search a coin' }).fill(query);
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel(/^How much/).fill(quantity);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

describe.skipIf(!browser)('the page', () => {
  it('leads from signing up to a live value, exact to the last digit, and says at the field what is wrong', async () => {
    await withPage(
      {},
      async ({ page }) => {
        const seen = watchSockets(page);
        await page.goto(run.base);
        await page.waitForURL(/sign-in$/, { waitUntil: 'commit' });
        await page.getByRole('link', { name: 'Create account' }).click();
        await page.getByLabel('Name').fill('x');
        await page.getByLabel('Password', { exact: true }).fill('short');
        await page.getByRole('button', { name: 'Create account' }).click();
        expect(await page.getByRole('alert').allInnerTexts()).toEqual([
          'Use 3 to 64 letters, digits, “_”, “.” or “-”.',
          'Use at least 8 characters.',
        ]);
        expect(await page.getByLabel('Name').evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
        await page.getByLabel('Name').fill(`new-${process.pid}`);
        await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();

        await addByKeyboard(page, 'bitcoin', '1.5');
        await page.getByTestId('total').waitFor();
        await addByKeyboard(page, 'eth', '10.123456789012345678');
        await page.getByRole('row', { name: /Ethereum/ }).waitFor();
        await page.getByText('Simulated prices').waitFor();
        await totalMoves(page, 'the value moves');
        for (let look = 0; look < 5; look++) {
          const shown = await exactTotal(page);
          expect(seen.totals).toContain(shown);
        }

        // Too much is refused before it is asked for; a part of it is previewed; what was removed comes back.
        await page.getByRole('button', { name: 'Change Bitcoin' }).click();
        await page.getByRole('tab', { name: 'Reduce' }).click();
        await page.getByLabel(/^How much/).fill('2');
        await page.keyboard.press('Enter');
        expect(await page.getByRole('alert').innerText()).toBe('You hold 1.5.');
        await page.getByLabel(/^How much/).fill('0.4');
        expect(await page.locator('.preview .next').innerText()).toContain('1.1 BTC');
        await page.keyboard.press('Enter');
        await page.getByRole('row', { name: /Bitcoin.* 1\.1 / }).waitFor();
        await page.getByRole('button', { name: 'Change Bitcoin' }).click();
        await page.getByRole('button', { name: 'Remove' }).click();
        await page.getByRole('row', { name: /Bitcoin/ }).waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('row', { name: /Bitcoin.* 1\.1 / }).waitFor();

        // A reload keeps the session; the coin's page has its candles.
        await page.reload();
        await page.getByRole('link', { name: /Bitcoin/ }).click();
        await page.getByRole('heading', { name: 'Bitcoin BTC' }).waitFor();
        await page.locator('.coin-chart canvas').first().waitFor();
      },
      /status of 401/,
    );
  });

  it('stays live over the end of its tokens, on the same socket', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({}, async ({ page }) => {
      const seen = watchSockets(page);
      await signIn(page, run.base, account);
      await page.getByTestId('total').waitFor();
      await page.waitForTimeout(lifeSeconds * 2_500);
      await totalMoves(page, 'the value still moves');
      expect([seen.opened, seen.sent > 0]).toEqual([1, true]);
    });
  });

  it('is one session in two tabs: what one changes the other shows, and leaving leaves both', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage(
      {},
      async ({ page }) => {
        await signIn(page, run.base, account);
        const other = await page.context().newPage();
        await other.goto(run.base);
        await other.getByTestId('total').waitFor();
        await addByKeyboard(page, 'sol', '3');
        await other.getByRole('row', { name: /Solana/ }).waitFor();
        // Both renew, more than once, and neither ends the session by using an old token again.
        await page.waitForTimeout(lifeSeconds * 2_000);
        await totalMoves(page, 'the first tab moves');
        await totalMoves(other, 'the second tab moves');
        await other.getByRole('link', { name: /^Account/ }).click();
        await other.getByRole('button', { name: 'Sign out' }).click();
        await other.waitForURL(/sign-in/, { waitUntil: 'commit' });
        await page.waitForURL(/sign-in/, { waitUntil: 'commit' });
      },
      /status of 401/,
    );
  });

  it('is left on every device when one signs out everywhere, once that is confirmed', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    const expected = /status of 401|WebSocket connection/;
    await withPage(
      {},
      async ({ page: phone }) => {
        await signIn(phone, run.base, account);
        await phone.getByTestId('total').waitFor();
        await withPage(
          {},
          async ({ page }) => {
            await signIn(page, run.base, account);
            const tab = await page.context().newPage();
            await tab.goto(run.base);
            await tab.getByTestId('total').waitFor();
            await page.getByRole('link', { name: /^Account/ }).click();
            const button = page.getByRole('button', { name: 'Sign out everywhere' });
            const dialog = page.getByRole('alertdialog', { name: 'Sign out on all devices?' });
            const hasFocus = (element: typeof button) => element.evaluate((node) => node === node.ownerDocument.activeElement);
            await button.click();
            await dialog.waitFor();
            expect(await dialog.innerText()).toContain('Every browser and device');
            expect(await accessibilityFaults(page)).toEqual([]);
            expect(await hasFocus(dialog.getByRole('button', { name: 'Cancel' }))).toBe(true);
            await page.keyboard.press('Escape');
            await dialog.waitFor({ state: 'detached' });
            expect(await hasFocus(button)).toBe(true);

            // Unreachable, it says so and nothing ends.
            await page.route('**/logout-everywhere', (route) => route.abort());
            await button.click();
            await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
            expect(await dialog.getByRole('alert').innerText()).toMatch(/does not answer/);
            await page.unroute('**/logout-everywhere');
            await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
            await page.getByText('You are signed out on all devices.').waitFor();
            for (const each of [page, tab, phone]) await each.waitForURL(/sign-in/, { waitUntil: 'commit' });
            await phone.getByText('Your session ended.').waitFor();
            // Signing in again is all it takes.
            await signIn(page, run.base, account);
            await page.getByTestId('total').waitFor();
          },
          new RegExp(`${expected.source}|ERR_FAILED`),
        );
      },
      expected,
    );
  });

  it('speaks German, with its commas', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({ locale: 'de-DE' }, async ({ page }) => {
      await page.goto(`${run.base}/sign-in`);
      await page.getByLabel('Name').fill(account.name);
      await page.getByLabel('Passwort', { exact: true }).fill(account.password);
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.getByRole('button', { name: 'Bitcoin ändern' }).click();
      await page.getByLabel(/^Wie viel/).fill('0,25');
      await page.keyboard.press('Enter');
      await page.getByRole('row', { name: /Bitcoin.* 1,25 / }).waitFor();
      expect(await page.getByTestId('total').innerText()).toMatch(/\d\.\d{3},\d\d/);
    });
  });

  const pages: readonly [string, (open: OpenPage) => Promise<void>][] = [
    ['/', async ({ page }) => page.locator('table.coins').waitFor()],
    ['/coins/btcusdt', async ({ page }) => page.locator('.coin-chart canvas').first().waitFor()],
    ['/account', async ({ page }) => page.getByRole('button', { name: 'Sign out' }).waitFor()],
    ['/coins/nothing', async ({ page }) => page.getByText('does not list NOTHING').waitFor()],
  ];
  const gates = ['/sign-in', '/sign-up'];
  it.each(['light', 'dark'] as const)('has no fault that axe-core finds, %s, wide and on a phone', async (colorScheme) => {
    const account = await createAccount(run.base, fiveCoins);
    const empty = await createAccount(run.base);
    const phone = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
    for (const view of [{}, phone]) {
      await withPage(
        { colorScheme, reducedMotion: 'reduce', ...view },
        async (open) => {
          const { page } = open;
          for (const path of gates) {
            await page.goto(run.base + path);
            await page.getByRole('heading', { level: 1 }).waitFor();
            expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
          }
          await signIn(page, run.base, account);
          for (const [path, ready] of pages) {
            await page.goto(run.base + path);
            await ready(open);
            expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
            expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
          }
          await page.goto(run.base);
          await page.getByRole('button', { name: 'Add coin' }).click();
          await page.getByRole('listbox').getByRole('option').first().waitFor();
          expect(['search', await accessibilityFaults(page)]).toEqual(['search', []]);
          await page.keyboard.press('Enter');
          await page.getByLabel(/^How much/).waitFor();
          expect(['quantity', await accessibilityFaults(page)]).toEqual(['quantity', []]);
        },
        /status of 40[14]/,
      );
    }
    await withPage({ colorScheme }, async ({ page }) => {
      await signIn(page, run.base, empty);
      await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  });

  // The last one: it ends the run that the others use.
  it('comes back by itself after the server was gone, and says so meanwhile', async () => {
    const account = await createAccount(run.base, { btcusdt: '1', ethusdt: '2' });
    await withPage(
      {},
      async ({ page }) => {
        await signIn(page, run.base, account);
        await page.getByTestId('total').waitFor();
        await run.process.end('SIGTERM');
        await page.getByText('Connection lost.').waitFor();
        expect(await page.getByRole('row', { name: /Bitcoin/ }).count()).toBe(1); // What was there stays.
        const again = await startAllInOne(run.folder, env);
        run = { ...run, process: again.process, close: async () => void (await again.process.end('SIGTERM')) };
        await page.getByText('Connection lost.').waitFor({ state: 'detached', timeout: 60_000 });
        await totalMoves(page, 'the value moves again');
      },
      /WebSocket connection|Failed to load resource/,
    );
  });
});
