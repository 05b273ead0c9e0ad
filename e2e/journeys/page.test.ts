import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  addByKeyboard,
  browser,
  createAccount,
  exactTotal,
  pickByKeyboard,
  signIn,
  startRun,
  totalMoves,
  watchSockets,
  withPage,
} from '../kit/page.js';
import { inspectPages } from '../kit/page-views.js';

// The page in a real Chromium, on the all-in-one run as its users start it: what takes seconds. What takes longer is in
// page.loop.test.ts.

let run: Awaited<ReturnType<typeof startRun>>;
beforeAll(async () => {
  if (!browser) return;
  run = await startRun({ AUTH_RATE_LIMIT: '10000', LOGINS_PER_ADDRESS: '10000' });
  await createAccount(run.base); // Other runs start at the same time; accounts answer from here on.
});
afterAll(() => run?.close());

// One after the other: six windows at once on two cores kept accounts waiting until they answered 503.
describe.skipIf(!browser)('the page', () => {
  it('leads from signing up to a live value, exact to the last digit, and says at the field what is wrong', async ({
    expect,
  }) => {
    await withPage(
      {},
      async ({ page }) => {
        const seen = watchSockets(page);
        await page.goto(run.base);
        await page.waitForURL(/welcome$/, { waitUntil: 'commit' });
        await page.getByRole('link', { name: 'Create account' }).click();
        await page.getByRole('heading', { name: 'Create account' }).waitFor(); // Until then the fields are those of the page before.
        await page.getByLabel('Name').fill('x');
        await page.getByLabel('Password', { exact: true }).fill('short');
        await page.getByRole('button', { name: 'Create account' }).click();
        await expect
          .poll(() => page.getByRole('alert').allInnerTexts())
          .toEqual(['Use 3 to 64 letters A to Z, digits 0 to 9, “_”, “.” or “-”.', 'Use at least 8 characters.']);
        expect(await page.locator('.field .hint').count()).toBe(0); // They would say the same again.
        expect(await page.getByLabel('Name').evaluate((input) => input === input.ownerDocument.activeElement)).toBe(
          true,
        );
        await page.getByLabel('Name').fill(`new-${process.pid}`);
        await page.getByLabel('Password', { exact: true }).fill('password');
        await page.keyboard.press('Enter');
        await page
          .getByRole('alert')
          .getByText('This password is one of those that are guessed first. Choose another.')
          .waitFor();
        await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
        await page.keyboard.press('Enter');
        // Codes come before the first session, and nobody is past them by accident.
        await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
        expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
        await page.getByLabel('I kept them').check();
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByRole('heading', { name: 'Add your first asset' }).waitFor();

        await addByKeyboard(page, 'bitcoin', '1.5');
        await page.getByTestId('total').waitFor();
        await addByKeyboard(page, 'eth', '10.123456789012345678');
        await page.getByRole('row', { name: /Ethereum/ }).waitFor();
        await page.getByText('Simulated prices').waitFor();
        await totalMoves(page, 'the value moves');
        // What the browser shows may be here before what its sockets received is told.
        for (let look = 0; look < 5; look++) {
          const shown = await exactTotal(page);
          await expect.poll(() => seen.totals.has(shown), { message: shown }).toBe(true);
        }

        // Too much is refused before it is asked for; a part of it is previewed; what was removed comes back.
        const pick = async (what: string) => {
          await page.getByRole('button', { name: 'Actions for Bitcoin' }).click();
          await page.getByRole('menuitem', { name: what }).click();
        };
        await pick('Reduce');
        await page.getByLabel(/^How much/).fill('2');
        await page.keyboard.press('Enter');
        await expect.poll(() => page.getByRole('alert').innerText()).toBe('You hold 1.5 BTC.');
        await page.getByLabel(/^How much/).fill('0.4');
        await expect.poll(() => page.locator('.preview .next').innerText()).toContain('1.1 BTC');
        await page.keyboard.press('Enter');
        await page.getByRole('row', { name: /Bitcoin.* 1\.1 / }).waitFor();
        await pick('Remove');
        await page.getByRole('row', { name: /Bitcoin/ }).waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('row', { name: /Bitcoin.* 1\.1 / }).waitFor();

        // A reload keeps the session; the coin's page has its candles.
        await page.reload();
        await page.locator('tr[data-symbol=btcusdt]').getByRole('link').click();
        await page.getByRole('heading', { name: 'Bitcoin BTC' }).waitFor();
        await page.locator('.coin-chart canvas').first().waitFor();
      },
      /status of 40[01]/,
    );
  });

  it('has paper money from the beginning: more of it, another portfolio, a transfer there, another name, and away with it', async ({
    expect,
  }) => {
    const account = await createAccount(run.base);
    await withPage(
      {},
      async ({ page }) => {
        const amount = (asset: string) => page.locator(`tr[data-asset=${asset}] .cell-quantity .digits`).first();
        const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
        const dialog = page.getByRole('dialog');
        await signIn(page, run.base, account);
        await page.getByRole('link', { name: 'Or look around with paper money' }).click();
        await expect.poll(() => amount('USDT').innerText()).toBe('10,000');
        await press('Add paper money');
        await dialog.getByLabel('Amount').fill('2500.25');
        await page.keyboard.press('Enter');
        await expect.poll(() => amount('USDT').innerText()).toBe('12,500.25');
        await page
          .locator('.top')
          .getByRole('button', { name: /Choose a portfolio/ })
          .click();
        await press('New portfolio');
        await dialog.getByLabel('Name').fill('paper (SIMULATED)');
        await page.keyboard.press('Enter');
        await dialog.getByText('You have a portfolio of this name already.').waitFor();
        await dialog.getByLabel('Name').fill('Second try');
        await page.keyboard.press('Enter');
        await page.getByText('Give it some paper money to begin with.').waitFor();
        await page.goBack();
        await press('Transfer');
        await dialog.getByLabel('Amount').fill('12500.26');
        await page.keyboard.press('Enter');
        await dialog.getByText('You hold 12,500.25 USDT.').waitFor();
        await dialog.getByLabel('Amount').fill('500.25');
        await page.keyboard.press('Enter');
        await page.getByText('500.25 USDT transferred to “Second try”').waitFor();
        await expect.poll(() => amount('USDT').innerText()).toBe('12,000');
        await page
          .locator('.top')
          .getByRole('button', { name: /Choose a portfolio/ })
          .click();
        await page
          .locator('.top')
          .getByRole('link', { name: /^Second try/ })
          .click();
        await expect.poll(() => amount('USDT').innerText()).toBe('500.25');
        await page.locator('.portfolio-bar').getByRole('link', { name: 'Settings' }).click();
        await page.getByLabel('Name').fill('Third try');
        await press('Save');
        await page.getByRole('heading', { name: 'Settings of Third try' }).waitFor();
        await press('Archive');
        await page.getByRole('alertdialog').getByRole('button', { name: 'Archive' }).click();
        await page.waitForURL(/portfolios$/);
        await expect.poll(() => page.locator('.portfolio-card').count()).toBe(3);
      },
      /status of (409|503)/,
    );
  });

  it('is one session in two tabs: what one changes the other shows, and leaving leaves both, which say so', async () => {
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
        await other.getByRole('button', { name: /^Account/ }).click();
        await other.getByRole('button', { name: 'Sign out', exact: true }).click();
        for (const each of [other, page]) await each.getByText('You are signed out.').waitFor();
      },
      /status of 401/,
    );
  });

  it('shows what a coin would be worth before it is added: at a recorded price, exactly, or says that there is none', async ({
    expect,
  }) => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({}, async ({ page }) => {
      const candles = (Close: string) => ({
        Candles: [{ Time: '2026-01-27T10:00:00.000Z', Open: '1', High: '1', Low: '1', Close }],
      });
      await page.route('**/coins/ethusdt/candles*', (route) => route.fulfill({ json: candles('3210.10') }));
      await page.route('**/coins/solusdt/candles*', (route) => route.fulfill({ json: { Candles: [] } }));
      await signIn(page, run.base, account);
      const worthOf = async (query: string, quantity: string, note: RegExp) => {
        await page.getByRole('button', { name: 'Add asset' }).click();
        await pickByKeyboard(page, query);
        await page.getByLabel(/^How much/).fill(quantity);
        await page.getByText(note).waitFor();
        const worth = await page.locator('.preview .next .worth').innerText();
        await page.keyboard.press('Escape');
        return worth;
      };
      expect(await worthOf('eth', '10000000000000.01', /Price of \d\d:\d\d; goes live when added/)).toBe(
        '32,101,000,000,000,032.10 USDT',
      );
      expect(await worthOf('sol', '2', /No price is recorded/)).toBe('');
      // Of a coin that is held it is the live one.
      await page.getByRole('button', { name: 'Actions for Bitcoin' }).click();
      await page.getByRole('menuitem', { name: 'Add' }).click();
      await page.getByLabel(/^How much/).fill('1');
      await expect.poll(() => page.locator('.preview .next .worth').innerText()).toMatch(/^[\d,]+\.\d\d USDT$/);
      expect(await page.locator('.price-note').count()).toBe(0);
    });
  });

  it('shows what was traded in 24 hours on the page of a coin, short and exact, or that it was not recorded', async ({
    expect,
  }) => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({}, async ({ page }) => {
      const candle = { Time: '2026-01-27T10:00:00.000Z', Open: '68000', High: '69000', Low: '67000', Close: '68500' };
      const answer = (Volume: object | null) => ({
        Range: '1h',
        StepSeconds: 60,
        Candles: [candle],
        Today: candle,
        Volume,
      });
      const volume = { Time: candle.Time, Base: '12408.51302', Quote: '845999999.9940537' };
      await page.route('**/coins/btcusdt/candles*', (route) => route.fulfill({ json: answer(volume) }));
      await page.route('**/coins/ethusdt/candles*', (route) => route.fulfill({ json: answer(null) }));
      await signIn(page, run.base, account);
      const volumeOf = async (symbol: string) => {
        await page.goto(`${run.base}/coins/${symbol}`);
        const shown = page.locator('.day-range .facts > div').filter({ hasText: '24 h volume' }).locator('dd');
        await shown.waitFor();
        return shown;
      };
      const amounts = (await volumeOf('btcusdt')).locator('.short-amount');
      expect(await amounts.locator('[aria-hidden]').allInnerTexts()).toEqual(['12.4 K BTC', '846 M USDT']);
      expect(await amounts.locator('.visually-hidden').allTextContents()).toEqual([
        '12,408.51302 BTC',
        '845,999,999.9940537 USDT',
      ]);
      expect(await amounts.first().getAttribute('title')).toBe('12,408.51302 BTC');
      expect(await (await volumeOf('ethusdt')).innerText()).toBe('not recorded');
    });
  });

  it('speaks German, with its commas', async ({ expect }) => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    const speak = async (page: Page) => {
      await page.goto(`${run.base}/sign-up`);
      await page.getByLabel('Name').fill('gerda');
      await page.getByLabel('Passwort', { exact: true }).fill('gerda2024');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Nimm mehr als deinen Namen und ein paar Ziffern.').waitFor();
      await page.goto(`${run.base}/sign-in`);
      await page.getByLabel('Name').fill(account.name);
      await page.getByLabel('Passwort', { exact: true }).fill(account.password);
      await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
      await page.getByRole('button', { name: 'Aktionen für Bitcoin' }).click();
      await page.getByRole('menuitem', { name: 'Hinzufügen' }).click();
      await page.getByLabel(/^Wie viel/).fill('0,25');
      await page.keyboard.press('Enter');
      await page.getByRole('row', { name: /Bitcoin.* 1,25 / }).waitFor();
      await expect.poll(() => page.getByTestId('total').innerText()).toMatch(/\d\.\d{3},\d\d/);
    };
    await withPage({ locale: 'de-DE' }, ({ page }) => speak(page), /status of 40[01]/);
  });

  it('has no fault that axe-core finds', () => inspectPages(run.base, { colorScheme: 'light' }));
});
