import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, drawn, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const secondMs = 1_000;
const iso = (atMs: number) => new Date(atMs).toISOString();

/** Bitcoin, and Ether in Bitcoin, at a price. */
const frame = (second: number, price: string, stale = false) => {
  const { Coins, ...rest } = frameAt(
    noon + second * secondMs,
    { btcusdt: { price }, ethbtc: { quantity: '2.5', price: '0.051', total: `${Number(price) / 8}` } },
    `${(Number(price) * 9) / 8}`,
    true,
  );
  return { ...rest, Coins: Coins.map((coin) => ({ ...coin, Stale: stale })) };
};
const symbols = [
  { Symbol: 'btcusdt', BaseAsset: 'BTC', QuoteAsset: 'USDT' },
  { Symbol: 'ethbtc', BaseAsset: 'ETH', QuoteAsset: 'BTC' },
  { Symbol: 'solusdt', BaseAsset: 'SOL', QuoteAsset: 'USDT' },
];
const candles = {
  Range: '1h',
  StepSeconds: 60,
  Candles: [{ Time: iso(noon - 60_000), Open: '64000', High: '64100', Low: '63900', Close: '64050' }],
  Today: null,
  Day: { Time: iso(noon), Open: '63000', High: '65000', Low: '62000' },
  Volume: { Base: '1', Quote: '2' },
};
const dayOf = (price: string) => ({
  Since: '',
  Opens: [{ Symbol: 'ethbtc', Price: '7000', Since: iso(noon - 3_600_000) }],
  DayAgo: [{ Symbol: 'btcusdt', Price: price }],
});
const answers = {
  symbols: { Symbols: symbols },
  'profile/day': dayOf('63000'),
  'coins/btcusdt/candles': candles,
  'profile/coins': { Quantity: '1.5' },
};

/** What a browser's translator does: every text is replaced by one of its own, which the page knows nothing of. */
const translate = (page: Page) =>
  page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
    for (const text of texts) {
      const font = document.createElement('font');
      font.append(text.data);
      text.replaceWith(font);
    }
  })()`);
const shown = async (page: Page) => (await page.locator('#page').innerText()).replace(/\s+/g, ' ');

describe.skipIf(!browser)('a page that the browser translates', () => {
  it('goes on with every figure as the one that is not translated, and does not break', async () => {
    await withWindow({ frame: frame(0, '64000'), answers, expected: /503/ }, async ({ page, openTab, send }) => {
      const other = await openTab();
      const both = [page, other];
      // Each draws in its own time.
      const same = () => settled(async () => expect(await shown(other)).toBe(await shown(page)));
      const inBoth = async (act: (tab: Page) => Promise<unknown>) => {
        for (const tab of both) await act(tab);
      };
      await inBoth((tab) => tab.getByText('24 hours').waitFor());
      await send(frame(1, '64010'));
      await send(frame(2, '64005.5'));
      await same();
      await translate(other);
      // Up, down, below what is shown, old prices, fresh ones again.
      for (const [at, price] of ['64250.25', '62999.99', '63000', '63000.001', '65000'].entries())
        await send(frame(3 + at, price, at === 3));
      await expect.poll(() => shown(page)).toMatch(/65,000/);
      await same();

      await inBoth((tab) => tab.getByRole('button', { name: 'Asset', exact: true }).click());
      await inBoth((tab) => tab.getByRole('button', { name: '1W', exact: true }).click());
      await send(frame(9, '65001'));
      await same();
      await inBoth(async (tab) => {
        await tab.getByRole('button', { name: 'Actions for Bitcoin' }).click();
        await tab.getByRole('menuitem', { name: 'Add' }).click();
        await tab.getByLabel(/^How much/).waitFor();
      });
      await translate(other);
      await inBoth((tab) => tab.getByLabel(/^How much/).fill('0.5'));
      await inBoth((tab) => tab.getByLabel(/^How much/).fill('1,250'));
      await expect.poll(() => shown(page)).toContain('65,001');
      const dialog = async (tab: Page) => (await tab.getByRole('dialog').innerText()).replace(/\s+/g, ' ');
      await expect.poll(() => dialog(page)).toContain('= 1,250 BTC, not 1.25 BTC');
      await settled(async () => expect(await dialog(other)).toBe(await dialog(page)));
      await inBoth((tab) => tab.keyboard.press('Escape'));

      await inBoth((tab) => tab.locator('tr[data-symbol=btcusdt]').getByRole('link').click());
      await inBoth((tab) => tab.locator('.coin-chart canvas').first().waitFor());
      await translate(other);
      await send(frame(10, '66000'));
      await send(frame(11, '64000'));
      await inBoth(drawn);
      await same();
      await inBoth((tab) => tab.locator('.back-link').click());
      await inBoth((tab) => tab.getByTestId('total').waitFor());
      await send(frame(12, '64500'));
      await same();
    });
  });
});
