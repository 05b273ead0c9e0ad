import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, drawn, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const rows = [
  {
    ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', quantity: '0.12345678', priceState: 'live' },
    ...{ price: { price: '68123.45', priceTime: '2026-06-15T11:59:59.700Z', tradeId: 7 }, conversion: null },
    total: '8410.301779491',
  },
];
const receipt = {
  asOf: new Date(noon).toISOString(),
  version: 2,
  asset: 'USDT',
  total: '8410.301779491',
  rows,
  simulated: false,
};
const frame = frameAt(
  noon,
  { btcusdt: { quantity: '0.12345678', price: '68123.45', total: '8410.301779491' } },
  '8410.301779491',
);
const others = {
  ...frameAt(noon + 1_000, { ethusdt: { quantity: '2', price: '10', total: '20' } }, '20'),
  UserID: 'u-2',
  UserName: 'bob',
};
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({})}.${part({ sub: 'u-2', name: 'bob', iat: 5, exp: 3_605 })}.x`;
/** Another tab, or the documents, signed somebody else in. */
const become = (tab: Page, data: object) =>
  tab.evaluate((message) => new BroadcastChannel('tickfolio').postMessage(message), data);

describe.skipIf(!browser)('two users of one browser', () => {
  it('see no receipt of each other', async () => {
    await withWindow({ frame, answers: { 'profile/receipt': receipt } }, async ({ page, openTab, send, answer }) => {
      await page.getByTestId('total').waitFor();
      await page.locator('.total-value .receipt-button').click();
      await page.locator('.receipt-total').waitFor();
      const other = await openTab('/welcome');
      answer({ 'auth/refresh': { accessToken: token }, 'profile/receipt': { ...receipt, rows: [], total: '0' } });
      await send(others);
      await become(other, { type: 'token', token });
      await page.locator('tr[data-symbol=ethusdt]').waitFor({ state: 'attached' });
      await drawn(page);
      expect(await page.getByRole('dialog').allInnerTexts()).toEqual([]);
    });
  });

  it('meet no dialog that the other one left open', async () => {
    await withWindow({ frame }, async ({ page, openTab, send, answer }) => {
      await page.getByTestId('total').waitFor();
      const other = await openTab('/welcome');
      await page.keyboard.press('n');
      await page.getByRole('dialog').waitFor();
      await become(other, { type: 'signed-out', reason: 'left' });
      await page.getByRole('button', { name: 'Sign in' }).first().waitFor();
      answer({ 'auth/refresh': { accessToken: token } });
      await send(others);
      await become(other, { type: 'token', token });
      await page.locator('tr[data-symbol=ethusdt]').waitFor({ state: 'attached' });
      await drawn(page);
      expect(await page.getByRole('dialog').count()).toBe(0);
    });
  });
});

describe.skipIf(!browser)('who was signed in by another tab', () => {
  it('goes on being told of the watchlist, after that of the one before is let go', async () => {
    const watching = { frame, path: '/markets?list=watchlist' };
    await withWindow(watching, async ({ page, openTab, send, answer, sent }) => {
      await expect.poll(() => sent).toEqual(['{"type":"subscribe","channels":["watchlist"]}']);
      const other = await openTab('/welcome');
      answer({ 'auth/refresh': { accessToken: token } });
      await send(others);
      await become(other, { type: 'token', token });
      await expect.poll(() => sent.filter((text) => text.includes('"subscribe"')).length).toBe(2);
      await page.waitForTimeout(6_000);
      expect(sent.filter((text) => text.includes('unsubscribe'))).toEqual([]);
    });
  });
});

describe.skipIf(!browser)('discreet mode', () => {
  it('hides what is held in the dialog that changes it, and by how much it was changed, too', async () => {
    const changed = {
      Symbol: 'btcusdt',
      Quantity: '0.1',
      Version: 2,
      ChangeID: '00000000-0000-4000-8000-000000000000',
    };
    await withWindow({ frame, answers: { 'profile/coins': changed } }, async ({ page }) => {
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('.');
      await page.getByRole('button', { name: 'Actions for Bitcoin' }).click();
      await page.getByRole('menuitem', { name: 'Reduce' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.locator('.preview').waitFor();
      await dialog.locator('.field input').fill('2');
      await page.keyboard.press('Enter');
      await dialog.getByText('You hold •••').waitFor();
      expect(await dialog.innerText()).not.toContain('0.12345678');
      await dialog.locator('.field input').fill('0.02345678');
      await page.keyboard.press('Enter');
      const told = page.locator('.toast > span');
      await expect.poll(() => told.innerText()).toBe('Reduced BTC by •••');
      await page.keyboard.press('.');
      await expect.poll(() => told.innerText()).toBe('Reduced BTC by 0.02345678');
      await page.keyboard.press('.');
      await expect.poll(() => told.innerText()).toBe('Reduced BTC by •••');
    });
  });
});
