import type { Page, Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { button, dialog, ofNoon as frame, second } from './kit/portfolio-pages.js';
import { createPortfolioServer } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, withWindow } from './kit/window.js';

/** Does the same twice: the dialog is left where no answer came, and opened anew. */
const twice = async (page: Page, ask: () => Promise<void>, away: string) => {
  await ask();
  await dialog(page).getByText(away).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await ask();
};
const away = 'Portfolios cannot be reached at the moment.';

describe.skipIf(!browser)('who opens a dialog again because no answer came', () => {
  it('is given paper money once, and after it as often as it is asked for', async () => {
    let refused: Refused | undefined = new Refused(503, 'unavailable');
    const { answers, changes } = createPortfolioServer([], () => {
      const now = refused;
      refused = undefined;
      return now;
    });
    await withWindow({ frame, answers, path: '/portfolios/p-paper', expected: /503/ }, async ({ page }) => {
      const ask = async () => {
        await button(page, 'Add paper money').click();
        await dialog(page).getByLabel('Amount').fill('5');
        await dialog(page).getByLabel('Amount').press('Enter');
      };
      await twice(page, ask, away);
      await dialog(page).waitFor({ state: 'detached' });
      await ask();
      await dialog(page).waitFor({ state: 'detached' });
      const [lost, made, more] = changes.map(({ key }) => key);
      expect([made, made?.length, more === made]).toEqual([lost, 32, false]);
    });
  });

  it('moves it once, and makes a portfolio once; what was refused is asked for anew', async () => {
    let status = 503;
    const { answers, changes } = createPortfolioServer([second], () => new Refused(status, 'unavailable'));
    await withWindow({ frame, answers, path: '/portfolios/p-paper', expected: /503|409/ }, async ({ page }) => {
      const move = async () => {
        await button(page, 'Transfer').click();
        await dialog(page).getByLabel('Amount').fill('5');
        await dialog(page).getByLabel('Amount').press('Enter');
      };
      await twice(page, move, away);
      await dialog(page).getByText(away).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.rail a[href$="/portfolios/default"]').first().waitFor();
      await page.goto(new URL('/portfolios', page.url()).href);
      const make = async () => {
        await button(page, 'New portfolio').click();
        await dialog(page).getByLabel('Name').fill('Savings');
        await dialog(page).getByLabel('Name').press('Enter');
      };
      await twice(page, make, away);
      await expect.poll(() => changes.length).toBe(4);
      await dialog(page).getByText(away).waitFor();
      status = 409;
      await button(page, 'Create').click();
      await expect.poll(() => changes.length).toBe(5);
      await expect.poll(() => button(page, 'Create').isEnabled()).toBe(true);
      await button(page, 'Create').click();
      await expect.poll(() => changes.length).toBe(6);
      const [move1, move2, make1, make2, refused, anew] = changes.map(({ key }) => key);
      expect([move2, make2, refused]).toEqual([move1, make1, make1]);
      expect(new Set([move1, make1, anew]).size).toBe(3);
    });
  });

  it('adds an asset once, and another quantity of it as another wish', async () => {
    const keys: (string | undefined)[] = [];
    const coins = (_search: string, _method: string, request: Request) => {
      keys.push(request.headers()['idempotency-key']);
      return undefined;
    };
    await withWindow({ frame, answers: { 'profile/coins': coins }, expected: /503/ }, async ({ page }) => {
      const add = (quantity: string) => async () => {
        await page.locator('tr[data-asset=BTC]').waitFor();
        await page.keyboard.press('n');
        await page.keyboard.type('bitcoin');
        await page.keyboard.press('Enter');
        await dialog(page)
          .getByLabel(/^How much/)
          .fill(quantity);
        await dialog(page)
          .getByLabel(/^How much/)
          .press('Enter');
      };
      await twice(page, add('2'), 'The server');
      await twice(page, add('3'), 'The server');
      await expect.poll(() => keys.length).toBe(4);
      expect(keys[1]).toBe(keys[0]);
      expect(keys[3]).toBe(keys[2]);
      expect(keys[2]).not.toBe(keys[0]);
    });
  });
});
