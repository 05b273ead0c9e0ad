import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const answers = { 'profile/value': { Range: '24h', Points: [{ Time: '2026-06-15T11:59:00.000Z', Value: '1' }] } };
const two = (price: string) => frameAt(noon, { btcusdt: { price }, ethusdt: { price: '50' } }, `${Number(price) + 50}`);

/** Counts pictures of the screen before which something of the page changed. */
const countDraws = (page: Page) =>
  page.evaluate(`(() => {
    window.draws = 0;
    let isChanged = false;
    new MutationObserver(() => { isChanged = true; })
      .observe(document.getElementById('page'), { subtree: true, childList: true, characterData: true, attributes: true });
    const look = () => {
      if (isChanged) window.draws += 1;
      isChanged = false;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })()`);
const draws = async (page: Page) => {
  await page.waitForTimeout(700);
  const count = (await page.evaluate('window.draws')) as number;
  await page.evaluate('window.draws = 0');
  return count;
};
/** Everything that comes by itself has come. */
const settle = async (page: Page) => {
  await page.locator('.value-panel canvas').waitFor();
  await page.locator('.movers').waitFor();
  await page.waitForTimeout(3_000);
};

describe.skipIf(!browser)('one change', () => {
  it('of the currency is one picture', async () => {
    await withWindow({ frame: two('100'), answers }, async ({ page }) => {
      await settle(page);
      await countDraws(page);
      await draws(page);
      await page.getByLabel('Amounts in').selectOption('BTC');
      await page.locator('.total-converted').waitFor();
      expect(await draws(page)).toBe(1);
      await page.getByLabel('Amounts in').selectOption('USDT');
      await page.locator('.total-converted').waitFor({ state: 'detached' });
      expect(await draws(page)).toBe(1);
    });
  });

  it('of the connection is one picture as it is lost, and one with the new prices as it is back', async () => {
    // Where that takes long the page asks for a frame meanwhile, which nobody answers here.
    await withWindow({ frame: two('100'), answers, expected: /503/ }, async ({ page, cut, send }) => {
      await settle(page);
      await countDraws(page);
      await draws(page);
      const releases: (() => void)[] = [];
      await cut(new Promise((release) => void releases.push(release)));
      const word = () => page.locator('.freshness-dot').innerText();
      await expect.poll(word).not.toContain('Live');
      expect(await draws(page)).toBe(1);
      await send(two('101'));
      for (const release of releases) release();
      await expect.poll(word, { timeout: 30_000 }).toContain('Live');
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('151');
      expect(await draws(page)).toBe(1);
    });
  });
});
