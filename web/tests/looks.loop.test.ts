import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const bitcoin = { btcusdt: { price: '100' } };
const answers = { 'profile/coins': { Quantity: '10000' }, 'coins/dogeusdt/candles': { Candles: [] } };

interface Box {
  readonly top: number;
  readonly bottom: number;
}
const boxOf = (page: Page, selector: string) =>
  page.evaluate(
    `(() => { const { top, bottom } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { top, bottom }; })()`,
  ) as Promise<Box>;
const add = async (page: Page, query: string, quantity: string) => {
  await page.locator('.button.primary').click();
  await page.locator('.search').fill(query);
  await page.locator('.found-item').first().click();
  await page.locator('.dialog .field input').fill(quantity);
  await page.keyboard.press('Enter');
  await page.locator('.toast').waitFor();
};

describe.skipIf(!browser)('what is said at the bottom', () => {
  it.each(['en-US', 'de-DE'])('has its cross beside its first line on a phone: %s', async (locale) => {
    const viewport = { width: 390, height: 800 };
    await withWindow({ locale, viewport, frame: frameAt(noon, bitcoin, '100'), answers }, async ({ page }) => {
      await add(page, 'doge', '10000');
      const [toast, cross] = [await boxOf(page, '.toast'), await boxOf(page, '.toast .icon-button')];
      expect(cross.top - toast.top).toBeLessThan(12);
      const isOver = 'document.documentElement.scrollWidth > innerWidth';
      expect(await page.evaluate(isOver)).toBe(false);
    });
  });

  it('does not cover the row of the first coin, which is there before the rest of the page is built', async () => {
    const viewport = { width: 1_100, height: 800 };
    await withWindow({ viewport, frame: frameAt(noon, {}, '0'), answers }, async ({ page, send }) => {
      await add(page, 'doge', '10000');
      await page.locator('.dialog').waitFor({ state: 'detached' });
      await send(frameAt(noon + 1_000, { dogeusdt: { quantity: '10000', price: '0.1', total: '1000' } }, '1000'));
      await page.locator('.value-panel').waitFor();
      await settled(async () => {
        const [row, toast] = [await boxOf(page, 'tr[data-symbol=dogeusdt]'), await boxOf(page, '.toast')];
        expect(row.bottom).toBeLessThan(toast.top);
      });
      // Who scrolls back is not kept from it.
      await page.evaluate('scrollTo(0, 0)');
      await page.waitForTimeout(500);
      expect(await page.evaluate('scrollY')).toBe(0);
    });
  });
});

describe.skipIf(!browser)('a dialog', () => {
  it('leaves header and navigation in sight, however far one has scrolled', async () => {
    const coins = Object.fromEntries(
      ['btc', 'eth', 'sol', 'doge', 'bnb', 'xrp'].map((coin) => [`${coin}usdt`, { price: '100' }]),
    );
    for (const [width, navigation] of [
      [1_280, '.rail'],
      [390, '.phone-bar'],
    ] as const)
      await withWindow(
        { viewport: { width, height: 600 }, frame: frameAt(noon, coins, '600'), answers },
        async ({ page }) => {
          await page.locator('tr[data-symbol=xrpusdt]').waitFor();
          await page.evaluate('scrollTo(0, 300)');
          await settled(async () => expect((await boxOf(page, '.top')).top).toBe(0));
          const before = await boxOf(page, navigation);
          await page.keyboard.press('n');
          await page.locator('.dialog').waitFor();
          expect([width, (await boxOf(page, '.top')).top, await boxOf(page, navigation)]).toEqual([width, 0, before]);
          expect(await page.evaluate('scrollY')).toBeGreaterThan(200);
        },
      );
  });
});

describe.skipIf(!browser)('a printed portfolio', () => {
  it('has no buttons, ranges, sort box or pencils', async () => {
    const two = frameAt(noon, { ...bitcoin, ethusdt: { price: '50' } }, '150');
    await withWindow({ frame: two, answers }, async ({ page }) => {
      await page.locator('tr[data-symbol=ethusdt]').waitFor();
      const pressed =
        "[...document.querySelectorAll('button:not(.sort-button), select')].filter((element) => element.checkVisibility()).length";
      expect(await page.evaluate(pressed)).toBeGreaterThan(5);
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(pressed)).toBe(0);
      const printed = await page.locator('.coins').innerText();
      // The names of columns are words there, although they are pressed elsewhere.
      for (const word of ['Asset', 'Price', 'Value', 'Ethereum']) expect(printed).toContain(word);
    });
  });
});
