import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { signIn as signInOverRest } from '../kit/client.js';
import { browser, createAccount, exactTotal, signIn, withPage } from '../kit/page.js';
import { writeDayBefore } from './day-before.js';

// The README's pictures of the page, by `npm run pictures`: a portfolio with a day behind it, in both themes.

const pictures = join(projectRoot, 'web/screenshots');
const coins = {
  btcusdt: '1.25',
  ethusdt: '14.5',
  solusdt: '160',
  linkusdt: '620.75',
  adausdt: '9500',
  dogeusdt: '18000',
  ltcusdt: '30',
};
/** Somebody else's coins are worth a look. */
const watched = ['btcusdt', 'ethusdt', 'bnbusdt', 'xrpusdt', 'solusdt', 'avaxusdt'];
/** What there is in paper money beside its first dollars. */
const given = [
  ['BTC', '0.25'],
  ['ETH', '4'],
  ['EUR', '2500'],
] as const;
const take = async (page: Page, name: string) => {
  await page.mouse.move(2, 2); // Off the chart, which would point something out.
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
};

it('takes the pictures', async () => {
  expect(browser, 'Chromium is needed').toBeDefined();
  await mkdir(pictures, { recursive: true });
  const folder = await temporaryFolder();
  let run = await startAllInOne(folder.path);
  const account = await createAccount(run.base, coins, 'maria');
  const prices = new Map<string, number>();
  let total = 0;
  await withPage({}, async ({ page }) => {
    await signIn(page, run.base, account);
    await page.locator('tbody tr').nth(6).waitFor();
    await page.waitForTimeout(3_000);
    total = Number(await exactTotal(page));
    for (const symbol of Object.keys(coins)) {
      const text = await page.locator(`[data-symbol=${symbol}] .cell-price .digits`).innerText();
      prices.set(symbol, Number(text.replaceAll(',', '')));
    }
  });
  await run.process.end('SIGTERM');
  await writeDayBefore(folder.path, account.name, total, prices);
  run = await startAllInOne(folder.path);
  const person = await signInOverRest(run.base, account.name, account.password);
  for (const symbol of watched) await person.call('PUT', `/api/v1/watchlist/${symbol}`);
  const { body } = await person.call('GET', '/api/v1/portfolios');
  const paper = (body.portfolios as { id: string; kind: string }[]).find(({ kind }) => kind === 'paper')?.id ?? '';
  for (const [asset, quantity] of given)
    await person.call('POST', `/api/v1/portfolios/${paper}/fund`, { asset, quantity });
  const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      await withPage({ colorScheme, viewport: { width: 1240, height: 1080 } }, async ({ page }) => {
        await signIn(page, run.base, account);
        await page.locator('.value-panel canvas').first().waitFor();
        // Of a server that has just begun the last days come one after the other.
        await page.locator('.sparkline path[d^="M0.0"]').nth(6).waitFor();
        await take(page, `portfolio-${colorScheme}`);
        await page.getByRole('button', { name: 'Add asset' }).click();
        await page.getByRole('combobox', { name: 'Search an asset' }).fill('bit');
        await page.getByRole('listbox').getByRole('option').first().waitFor();
        await take(page, `add-${colorScheme}`);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'How the total comes about' }).click();
        await take(page, `receipt-${colorScheme}`);
        await page.goto(`${run.base}/assets/BTC`);
        await page.locator('.coin-chart canvas').first().waitFor();
        await page.setViewportSize({ width: 1240, height: 860 });
        await take(page, `coin-${colorScheme}`);
        await page.goto(`${run.base}/markets?list=watchlist`);
        await page
          .locator('.market-row')
          .nth(watched.length - 1)
          .waitFor();
        await take(page, `watchlist-${colorScheme}`);
        await page.goto(`${run.base}/portfolios/${paper}`);
        await page.locator('tr[data-asset=USDT] .cell-value .digits').waitFor();
        await page
          .getByRole('button', { name: /Choose a portfolio/ })
          .first()
          .click();
        await page.locator('.top .places').getByText('Everything you own').waitFor();
        await take(page, `paper-${colorScheme}`);
      });
      await withPage({ colorScheme, ...phone }, async ({ page }) => {
        await signIn(page, run.base, account);
        await page.locator('.value-panel canvas').first().waitFor();
        await take(page, `phone-${colorScheme}`);
      });
    }
  } finally {
    await run.process.end('SIGTERM');
    await folder.remove();
  }
});
