import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawnTexts, noteDrawnTexts } from './kit/axis-texts.js';
import { frameAt } from './kit/frame.js';
import { balancesOf, paper } from './kit/portfolios.js';
import { browser, drawn, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const iso = (atMs: number) => new Date(atMs).toISOString();
/** 7654.321 × 13.57, and as much of another one in two markets. */
const frame = frameAt(
  noon,
  {
    btcusdt: { quantity: '7654.321', price: '13.57', total: '103869.13597' },
    ethusdt: { quantity: '8765.4', price: '2.5', total: '21913.5' },
    etheur: { quantity: '9876.5', price: '2.25', total: '24444.3375' },
  },
  '150226.97347',
);
const ago = (symbol: string, price: string) => ({ Symbol: symbol, Price: price, QuotePrice: price, Time: '' });
const priced = (
  symbol: string,
  baseAsset: string,
  quoteAsset: string,
  quantity: string,
  price: string,
  total: string,
) => ({
  ...{ symbol, baseAsset, quoteAsset, quantity, total, priceState: 'live', conversion: null },
  price: { price, tradeId: 17, priceTime: iso(noon) },
});
const answers = {
  'profile/day': {
    AsOf: iso(noon),
    Opens: [],
    DayAgo: [ago('btcusdt', '13.1'), ago('ethusdt', '2.4'), ago('etheur', '2.2')],
  },
  'profile/value': {
    Range: '24h',
    StepSeconds: 300,
    Points: Array.from({ length: 280 }, (_, at) => ({
      Time: iso(noon - (280 - at) * 300_000),
      Value: `${148_765 + at}.4`,
    })),
  },
  'profile/receipt': {
    ...{ asOf: iso(noon), simulated: false, total: '150226.97347' },
    rows: [priced('btcusdt', 'BTC', 'USDT', '7654.321', '13.57', '103869.13597')],
  },
  'profile/coins': { Quantity: '7654.321', Version: 2, ChangeID: 'c1' },
  'portfolios/p-paper/balances': balancesOf(
    paper,
    [{ asset: 'USDT', available: '7654', reserved: '1111.4', total: '8765.4', price: '1', value: '8765.4' }],
    '8765.4',
  ),
};
/** The first digits of every amount that is somebody's: totals, values, quantities, changes in money. */
const secrets = [
  '150226',
  '103869',
  '21913',
  '24444',
  '46357',
  '7654',
  '8765',
  '9876',
  '18641',
  '148765',
  '3674',
  '4321',
];

/** Whatever of the document can be seen, read out, pointed at, copied or printed. */
const readable = async (page: Page): Promise<string[]> => {
  const texts = (await page.evaluate(`(() => {
    const found = [document.title];
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ALL);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
      if (node instanceof Element && !(node instanceof SVGElement)) {
        found.push(...[...node.attributes].map(({ value }) => value));
        if (node instanceof HTMLInputElement) found.push(node.value);
        if (node.childElementCount > 0) found.push(node.innerText ?? '');
      }
    }
    return found;
  })()`)) as string[];
  return [...texts, ...(await drawnTexts(page)).flat().map(({ text }) => text)];
};
const leaks = async (page: Page): Promise<string[]> =>
  (await readable(page)).filter((text) => {
    const digits = text.replace(/(?<=\d)[,.\s’'](?=\d)/g, '');
    return secrets.some((secret) => digits.includes(secret));
  });

describe.skipIf(!browser)('who hides amounts', () => {
  it('shows none of them on any page, in any dialog, notice or title, to no pointer and no screen reader; percentages stay', async () => {
    await withWindow({ frame, answers, expected: /503/ }, async ({ page, send, answer }) => {
      await noteDrawnTexts(page);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
      await page.evaluate("localStorage.setItem('tickfolio.discreet', 'on')");
      const clean = async (what: string) => {
        await drawn(page);
        expect({ what, leaks: await leaks(page) }).toEqual({ what, leaks: [] });
      };
      const paths = [
        '/portfolios',
        '/portfolios/default',
        '/portfolios/p-paper',
        '/portfolios/p-paper/settings',
        '/assets/BTC',
        '/assets/ETH',
        '/assets/ETH?tab=markets',
        '/markets',
        '/settings/profile',
        '/settings/security',
        '/settings/display',
      ];
      await page.reload();
      for (const path of [...paths, '/']) {
        await page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
        await page.locator('main h1, main h2').first().waitFor();
        await clean(path);
      }
      await page.locator('.value-panel canvas').waitFor();
      await page.locator('.changes .change').waitFor();
      await expect.poll(() => page.locator('.changes .change').innerText()).toMatch(/%/);
      const box = await page.locator('.value-panel .u-over').boundingBox();
      await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 50);
      await clean('under the pointer');
      await page.locator('.total .receipt-button').click();
      await page.locator('.receipt-lines').waitFor();
      await clean('the receipt');
      expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.press('ControlOrMeta+C');
      const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
      expect(secrets.filter((secret) => copied.replace(/[,.\s]/g, '').includes(secret))).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('tr[data-asset=BTC] .cell-actions button').click();
      await clean('the menu of a row');
      await page.getByRole('menuitem').first().click();
      await page.getByRole('tab').nth(1).click();
      await clean('the dialog');
      await page.getByRole('tab').nth(0).click();
      await page.locator('.dialog input').fill('4321');
      answer({ 'profile/coins': { Quantity: '11975.321', Version: 3, ChangeID: 'c2' } });
      await page.keyboard.press('Enter');
      await page.locator('.toast').waitFor();
      await clean('the notice');
      await page.keyboard.press('/');
      await page.locator('.search').fill('bitcoin');
      await clean('the search');
      await send({ ...frame, AsOf: iso(noon + 1_000) });
      await page.emulateMedia({ media: 'print' });
      await clean('on paper');
    });
  });
});
