import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { button, dialog, ofNoon as frame } from './kit/portfolio-pages.js';
import { browser, withWindow } from './kit/window.js';

const answers = { 'coins/ethusdt/candles': { Candles: [] } };
/** Files of the page come as late as on a slow connection. @returns has them come */
const late = async (page: Page): Promise<() => void> => {
  let come = () => {};
  const coming = new Promise<void>((resolve) => {
    come = resolve;
  });
  await page.route(/\.js$/, async (route) => {
    await coming;
    await route.fallback();
  });
  return come;
};
/** Home, with its files there and those of the dialogs still to come. */
const home = async (page: Page) => {
  await page.locator('tr[data-asset=BTC]').waitFor();
  await page.waitForLoadState('networkidle');
  return late(page);
};

describe.skipIf(!browser)('who types before the search is there, on a slow connection', () => {
  it('finds what was typed, and nothing that the letters do as keys of the page', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      const come = await home(page);
      await page.keyboard.press('n');
      await page.keyboard.type('g.hmx');
      for (let left = 5; left > 0; left--) await page.keyboard.press('Backspace');
      await page.keyboard.type('ether');
      come();
      await dialog(page).waitFor();
      await expect.poll(() => dialog(page).getByRole('combobox').inputValue()).toBe('ether');
      await page.keyboard.type('eum');
      expect(await dialog(page).getByRole('combobox').inputValue()).toBe('ethereum');
      await page.keyboard.press('Enter');
      await dialog(page)
        .getByLabel(/^How much/)
        .waitFor();
      expect(new URL(page.url()).pathname).toBe('/');
    });
  });

  it('is asked how much, where Enter came before the search too', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      const come = await home(page);
      await button(page, 'Add asset').first().click();
      await page.keyboard.type('ethereum');
      await page.keyboard.press('Enter');
      come();
      await dialog(page)
        .getByLabel(/^How much/)
        .waitFor();
      expect(await dialog(page).getByRole('heading').innerText()).toContain('Ethereum');
    });
  });

  it('is left alone after Escape', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      const come = await home(page);
      await page.keyboard.press('/');
      await page.keyboard.type('eth');
      await page.keyboard.press('Escape');
      come();
      await page.keyboard.press('?');
      await dialog(page).waitFor();
      expect(await dialog(page).getByRole('combobox').count()).toBe(0);
    });
  });
});
