import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const price = (text: string, tradeId: number) => ({ price: text, priceTime: '2026-06-15T11:59:59.700Z', tradeId });
const bitcoin = price('68123.45', 4_000_000_009);
const rows = [
  {
    ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', quantity: '0.12345678', priceState: 'live' },
    ...{ price: bitcoin, conversion: null, total: '8410.301779491' },
  },
  {
    ...{ symbol: 'ethbtc', baseAsset: 'ETH', quoteAsset: 'BTC', quantity: '1.5', priceState: 'live' },
    price: price('0.03712', 77),
    conversion: { symbol: 'btcusdt', price: bitcoin },
    total: '3793.113696',
  },
];
const total = '12203.415475491';
const receipt = { asOf: new Date(noon).toISOString(), version: 2, asset: 'USDT', total, rows, simulated: false };
const frame = frameAt(
  noon,
  {
    btcusdt: { quantity: '0.12345678', price: '68123.45', total: '8410.301779491' },
    ethbtc: { quantity: '1.5', price: '0.03712', total: '3793.113696' },
  },
  total,
);
const answers = { 'profile/receipt': receipt };
const terms = (page: Page) => page.locator('.receipt-term').allInnerTexts();

describe.skipIf(!browser)('the receipt', () => {
  it('shows in cents what the total is, and on a press of "=" how every digit of it comes about', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      await expect.poll(() => page.getByTestId('total').innerText()).toMatch(/^12,203\.42\s+USDT\s*$/);
      await page.keyboard.press('=');
      await page.getByRole('heading', { name: 'Receipt Total value' }).waitFor();
      expect(await terms(page)).toEqual([
        '0.12345678\u00a0BTC × 68,123.45\u00a0USDT = 8,410.301779491\u00a0USDT',
        '1.5\u00a0ETH × 0.03712\u00a0BTC × 68,123.45\u00a0USDT = 3,793.113696\u00a0USDT',
      ]);
      await page.getByText('BTC/USDT: trade 4000000009').first().waitFor();
      await page.getByText('Computed by the server and again here: equal.').waitFor();
      await expect.poll(() => page.locator('.receipt-total .exact-digits').innerText()).toBe('12,203.415475491');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    });
  });

  it('of one holding is opened by the "=" beside its value, and by the key where the focus is in its row', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      const row = page.locator('tr[data-symbol=ethbtc]');
      await row.locator('.receipt-button').click();
      await page.getByRole('heading', { name: 'Receipt Ethereum ETH/BTC' }).waitFor();
      expect(await terms(page)).toHaveLength(1);
      await page.keyboard.press('Escape');
      await page.locator('tr[data-symbol=btcusdt] a').focus();
      await page.keyboard.press('=');
      await page.getByRole('heading', { name: 'Receipt Bitcoin' }).waitFor();
    });
  });

  it('says loudly where the browser computes something else than the server, and what', async () => {
    const wrong = { 'profile/receipt': { ...receipt, total: '12203.415475492' } };
    await withWindow({ frame, answers: wrong }, async ({ page }) => {
      await page.getByRole('button', { name: 'How the total comes about' }).click();
      const alert = page.getByRole('alert').filter({ hasText: 'do not compute the same' });
      await alert.waitFor();
      const said = await alert.innerText();
      expect(said).toContain('12,203.415475492');
      expect(said).toContain('12,203.415475491');
    });
  });

  it('says of an empty portfolio that nothing is in it, and of a holding that is gone that it is', async () => {
    const empty = { ...receipt, rows: [], total: '0' };
    await withWindow({ frame, answers: { 'profile/receipt': empty } }, async ({ page }) => {
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('=');
      await page.getByText('There is nothing to add up: nothing is in it.').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('tr[data-symbol=btcusdt] a').focus();
      await page.keyboard.press('=');
      await page.getByText('Nothing of this is held any more.').waitFor();
    });
  });

  it('hides amounts and shows prices where amounts are hidden', async () => {
    await withWindow({ frame, answers }, async ({ page }) => {
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('.');
      await page.keyboard.press('=');
      await page.locator('.receipt-term').first().waitFor();
      expect((await terms(page))[0]).toBe('•••\u00a0BTC × 68,123.45\u00a0USDT = •••\u00a0USDT');
      const shown = await page.locator('.receipt').innerText();
      expect(shown).not.toMatch(/8,410|12,203|0\.1234/);
    });
  });

  it('says what is wrong where the server does not answer, and asks again when it is told to', async () => {
    await withWindow({ frame, expected: /503/ }, async ({ page, answer }) => {
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('=');
      await page.getByRole('dialog').getByRole('alert').waitFor();
      answer(answers);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.receipt-term').first().waitFor();
    });
  });

  it('has no fault that axe-core finds and scrolls nowhere sideways, in both themes, German on a small phone too', async () => {
    for (const [colorScheme, locale, width] of [
      ['light', 'en-US', 1_280],
      ['dark', 'de-DE', 320],
    ] as const)
      await withWindow({ frame, answers, colorScheme, locale, viewport: { width, height: 844 } }, async ({ page }) => {
        await page.getByTestId('total').waitFor();
        await page.keyboard.press('=');
        await page.locator('.receipt-term').first().waitFor();
        await settled(async () => expect(await accessibilityFaults(page)).toEqual([]));
        const wide = `(() => { const { scrollWidth, clientWidth } = document.querySelector('.receipt'); return scrollWidth > clientWidth; })()`;
        expect(await page.evaluate(wide)).toBe(false);
      });
  });
});
