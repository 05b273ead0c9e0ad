import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const bases = ['btc', 'eth', 'sol', 'doge', 'bnb', 'xrp', 'ada', 'link', 'avax'];
const nine = frameAt(
  noon,
  Object.fromEntries(bases.map((asset, at) => [`${asset}usdt`, { price: at === 8 ? '0.4' : `${900 - at * 100}.5` }])),
  '4504.4',
);
const bitcoins = frameAt(
  noon,
  {
    solusdt: { price: '150' },
    btcusdc: { quantity: '0.5', price: '68000.5', total: '34000.25' },
    btcusdt: { quantity: '0.25', price: '68123.4', total: '17030.85' },
    btceur: { quantity: '0.000000000000000001', price: '60000', total: '0.000000000000065' },
  },
  '51181.100000000000065',
);
const market = (symbol: string, QuoteAsset: string, TickSize = '0.01000000') => ({
  Symbol: symbol,
  BaseAsset: symbol.slice(0, -QuoteAsset.length).toUpperCase(),
  QuoteAsset,
  TickSize,
});
const symbols = [
  market('btcusdt', 'USDT'),
  market('btcusdc', 'USDC'),
  market('btceur', 'EUR'),
  market('solusdt', 'USDT'),
  market('ltcusdt', 'USDT'),
];
const price = (text: string) => ({ price: text, priceTime: new Date(noon).toISOString(), tradeId: 7 });
const conversion = { symbol: 'usdcusdt', price: price('1') };
const row = (symbol: string, quoteAsset: string, quantity: string, at: string, total: string) => ({
  ...{ symbol, baseAsset: 'BTC', quoteAsset, quantity, priceState: 'live', price: price(at), total },
  conversion: quoteAsset === 'USDT' ? null : conversion,
});
const receipt = {
  ...{ asOf: new Date(noon).toISOString(), version: 1, asset: 'USDT', total: '51181.1', simulated: false },
  rows: [
    { ...row('solusdt', 'USDT', '1', '150', '150'), baseAsset: 'SOL' },
    row('btcusdc', 'USDC', '0.5', '68000.5', '34000.25'),
    row('btcusdt', 'USDT', '0.25', '68123.4', '17030.85'),
  ],
};
const candles = { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null };
const answers = { symbols: { Symbols: symbols }, 'profile/receipt': receipt, 'coins/solusdt/candles': candles };
const path = '/portfolios/default';

const names = (page: Page) => page.locator('tr[data-asset] .coin-name').allInnerTexts();
const focused = (page: Page) =>
  page.evaluate(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.closest('tr')?.dataset.asset",
  ) as Promise<string>;

/** Draws the mouse over a text from its beginning to its end. */
const drawOver = async (page: Page, selector: string) => {
  const { x, y, width, height } = (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(x + 1, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width, y + height / 2, { steps: 5 });
  await page.mouse.up();
};

describe.skipIf(!browser)('who copies a figure of a row', () => {
  it('selects it with the mouse and stays where it is, while a click on it opens the asset', async () => {
    await withWindow({ frame: nine, path }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      await settled(async () => {
        await drawOver(page, 'tr[data-asset=BTC] .cell-value .digits');
        await expect.poll(() => page.evaluate('getSelection().toString()')).toContain('900.5');
      });
      expect(page.url()).toBe(origin + path);
      await page.locator('tr[data-asset=ETH] .cell-value .digits').click();
      await page.waitForURL(`${origin}/assets/ETH`);
      await page.goto(`${origin}/markets`);
      const price = '.market-row:has-text("Bitcoin") .market-price .digits';
      await page.locator(price).waitFor();
      await settled(async () => {
        await drawOver(page, price);
        await expect.poll(() => page.evaluate('getSelection().toString()')).toContain('1,234.5');
      });
      expect(page.url()).toBe(`${origin}/markets`);
      await page.locator(price.replace('Bitcoin', 'Ethereum')).click();
      await page.waitForURL(/\/assets\//);
    });
  });
});

describe.skipIf(!browser)('the table of holdings', () => {
  it('sorts by a heading and the other way round by another press, and a reload finds it so', async () => {
    await withWindow({ frame: nine, path }, async ({ page }) => {
      const head = page.getByRole('columnheader', { name: 'Price' });
      await head.getByRole('button').click();
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
      await expect.poll(async () => (await names(page))[0]).toBe('Bitcoin');
      await head.getByRole('button').click();
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending');
      await expect.poll(async () => (await names(page))[0]).toBe('Avalanche');
      expect(page.url()).toBe(`${origin}${path}?sort=price`);
      await page.reload();
      await expect.poll(async () => (await names(page))[0]).toBe('Avalanche');
      await page.getByRole('columnheader', { name: 'Asset' }).getByRole('button').click();
      await expect.poll(() => names(page)).toEqual((await names(page)).toSorted((a, b) => a.localeCompare(b)));
    });
  });

  it('finds a holding among eight by its name, hides what is worth next to nothing, and says what the rest is worth', async () => {
    await withWindow({ frame: nine, path }, async ({ page, openTab }) => {
      const filter = page.getByRole('searchbox', { name: 'Filter' });
      await filter.fill('bi');
      await expect.poll(() => names(page)).toEqual(['Bitcoin']);
      await filter.fill('b');
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'BNB']);
      const foot = page.locator('.holdings-foot');
      await expect.poll(() => foot.innerText()).toMatch(/2 of 9 shown, together\s+1,401\.00 USDT/);
      await expect.poll(() => page.url()).toBe(`${origin}${path}?find=b`);
      await filter.fill('');
      await foot.waitFor({ state: 'detached' });
      await page.getByLabel('Hide under 1 USDT').check();
      await expect.poll(() => names(page)).not.toContain('Avalanche');
      await expect.poll(() => foot.innerText()).toMatch(/8 of 9 shown, together\s+4,404\.00 USDT/);
      const tab = await openTab('/');
      await tab.locator('tr[data-asset=BTC]').waitFor();
      expect(await names(tab)).not.toContain('Avalanche');
    });
  });

  it('has one row for Bitcoin whatever markets it is held through, and opened shows them, with the exact sum in the receipt', async () => {
    await withWindow({ frame: bitcoins, answers, path }, async ({ page, send }) => {
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'Solana']);
      const bitcoin = page.locator('tr[data-asset=BTC]');
      await expect.poll(() => bitcoin.locator('.cell-value .strong').innerText()).toBe('51,031.10');
      await expect.poll(() => bitcoin.locator('.cell-quantity').innerText()).toBe('0.75000000…');
      await expect.poll(() => bitcoin.locator('.cell-price').innerText()).toBe('68,123.40');
      await page.getByRole('button', { name: '3 markets of Bitcoin' }).click();
      await expect
        .poll(() => page.locator('.holding-market .coin-name').allInnerTexts())
        .toEqual(['BTC/USDT', 'BTC/EUR', 'BTC/USDC']);
      await expect
        .poll(() => page.locator('tr[data-market=btcusdc] .cell-value .strong').innerText())
        .toBe('34,000.25');
      await bitcoin.locator('.receipt-button').click();
      await page.getByRole('heading', { name: 'Receipt Bitcoin' }).waitFor();
      await expect
        .poll(() => page.locator('.receipt-total .exact-digits').innerText())
        .toBe('51,031.10'.replace(/0$/, ''));
      await expect.poll(() => page.locator('.receipt-line').count()).toBe(2);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page
        .locator('tr[data-market=btcusdc]')
        .getByRole('button', { name: /^Actions/ })
        .click();
      await page.getByRole('menuitem', { name: 'Reduce' }).click();
      await page.getByRole('heading', { name: 'Change Bitcoin BTC/USDC' }).waitFor();
      await page.getByLabel('Held through').selectOption('BTC/USDT');
      await page.getByRole('heading', { name: 'Change Bitcoin BTC/USDT' }).waitFor();
      await page.keyboard.press('Escape');
      // What has no price is not in the value beside the whole quantity, nor in a sum.
      const noPrice = { Price: null, Total: null, PriceTime: null, Stale: true };
      const coins = bitcoins.Coins.map((coin) => (coin.Symbol === 'btceur' ? { ...coin, ...noPrice } : coin));
      await send({ ...bitcoins, Coins: coins });
      await expect.poll(() => bitcoin.locator('.tag').innerText()).toBe('without BTC/EUR');
      const foot = page.locator('.holdings-foot');
      await expect
        .poll(() => foot.innerText())
        .toMatch(/2 of 2 shown.*\s+Not included, because there is no price: BTC\/EUR$/);
    });
  });

  it('is one stop of Tab a row, arrows lead on, and the whole row leads to its asset', async () => {
    await withWindow({ frame: bitcoins, answers, path }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC] a').focus();
      const press = async (...keys: readonly string[]) => {
        for (const key of keys) await page.keyboard.press(key);
        return focused(page);
      };
      expect(await press('Tab')).toBe('SOL');
      expect(await press('Shift+Tab')).toBe('BTC');
      expect(await press('ArrowRight')).toBe('3 markets of Bitcoin');
      expect(await press('ArrowRight')).toBe('How the value of Bitcoin comes about');
      expect(await press('End')).toBe('Actions for Bitcoin');
      expect(await press('ArrowDown')).toBe('Actions for Solana');
      expect(await press('Home')).toBe('SOL');
      expect(await press('ArrowUp')).toBe('BTC');
      await page.locator('tr[data-asset=SOL]').click({ position: { x: 640, y: 20 } });
      await page.waitForURL(`${origin}/assets/SOL`);
    });
  });

  it('draws of 200 holdings those around the screen, the newest prices in them, and keys, the filter and paper have all', async () => {
    const manyAt = (atMs: number, more: number) => {
      const price = (at: number) => `${1_000 - at + more}.5`;
      const coins = Array.from({ length: 200 }, (_, at) => [`c${at}usdt`, { price: price(at) }] as const);
      return frameAt(atMs, Object.fromEntries(coins), `${200 * (1_000.5 + more) - 19_900}`);
    };
    await withWindow({ frame: manyAt(noon, 0), path, expected: /503/ }, async ({ page, send }) => {
      const table = page.locator('.coins');
      const rows = table.locator('tbody tr');
      await rows.first().waitFor();
      expect([await table.getAttribute('aria-rowcount'), await table.locator('[aria-rowindex="2"]').count()]).toEqual([
        '201',
        1,
      ]);
      expect(await rows.count()).toBeLessThan(60);
      await table.locator('tr[data-asset=C0] a').focus();
      for (const [key, asset] of [
        ['Control+End', 'C199'],
        ['ArrowUp', 'C198'],
        ['Control+Home', 'C0'],
        ['ArrowDown', 'C1'],
        ['Control+End', 'C199'],
      ] as const) {
        await page.keyboard.press(key);
        await expect.poll(() => focused(page)).toBe(asset);
      }
      expect(await rows.count()).toBeLessThan(60);
      await expect.poll(() => table.locator('tr[data-asset=C199]').getAttribute('aria-rowindex')).toBe('201');
      await send(manyAt(noon + 1_000, 7));
      await expect.poll(() => table.locator('tr[data-asset=C199] .cell-price').innerText()).toBe('808.5');
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      await expect.poll(() => rows.count()).toBe(200);
      await expect.poll(() => table.locator('tr[data-asset=C100] .cell-price').innerText()).toBe('907.5');
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      await expect.poll(() => rows.count()).toBeLessThan(60);
      await page.getByRole('searchbox', { name: 'Filter' }).fill('c17');
      await expect.poll(() => names(page)).toEqual(['C17', ...Array.from({ length: 10 }, (_, at) => `C17${at}`)]);
      // As many as have room in the document are all there, where the browser's own search finds them.
      await page.getByRole('searchbox', { name: 'Filter' }).fill('c1');
      await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('112');
      await page.getByRole('searchbox', { name: 'Filter' }).fill('9');
      await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('39');
      await expect.poll(() => rows.count()).toBe(38);
    });
  });

  it('changes a holding by what it is worth, or by a part of it', async () => {
    const litecoin = { quantity: '0.12345678', price: '81.23', total: '10.0283942394' };
    const frame = frameAt(noon, { solusdt: { price: '150' }, ltcusdt: litecoin }, '160.0283942394');
    const changed = { Symbol: 'ltcusdt', Quantity: '0', Version: 2, ChangeID: '00000000-0000-4000-8000-000000000000' };
    await withWindow({ frame, answers: { ...answers, 'profile/coins': changed }, path }, async ({ page }) => {
      await page.getByRole('button', { name: 'Actions for Solana' }).click();
      await page.getByRole('menuitem', { name: 'Reduce' }).click();
      const field = page.getByRole('dialog').getByRole('textbox');
      await page.getByRole('button', { name: '25 %' }).click();
      await expect.poll(() => field.inputValue()).toBe('0.25');
      await page.getByRole('button', { name: 'USDT', exact: true }).click();
      await page.getByText('= 0.25 SOL at 150 USDT').waitFor();
      await expect.poll(() => field.inputValue()).toBe('37.50');
      await field.fill('100');
      await page.getByText('= 0.66666666 SOL at 150 USDT').waitFor();
      await expect.poll(() => page.locator('.preview .next').innerText()).toContain('0.33333334 SOL');
      await page.keyboard.press('Escape');
      // All of it is more than what its cents would buy.
      await page.getByRole('button', { name: 'Actions for Litecoin' }).click();
      await page.getByRole('menuitem', { name: 'Reduce' }).click();
      await page.getByRole('button', { name: '100 %' }).click();
      await page.getByRole('button', { name: 'USDT', exact: true }).click();
      await page.getByText('= 0.12345678 LTC at 81.23 USDT').waitFor();
      await expect.poll(() => field.inputValue()).toBe('10.03');
      const sent = page.waitForRequest(`${origin}/api/v1/profile/coins`);
      await page.getByRole('dialog').getByRole('button', { name: 'Reduce' }).click();
      expect((await sent).postDataJSON()).toMatchObject({ quantity: '-0.12345678' });
      await page.locator('.toast').waitFor();
    });
  });

  it('has no fault that axe-core finds with its menu and its markets open, and scrolls nowhere sideways', async () => {
    for (const [colorScheme, locale, width] of [
      ['light', 'en-US', 1_280],
      ['dark', 'de-DE', 390],
      ['light', 'de-DE', 320],
    ] as const) {
      const viewport = { width, height: 844 };
      await withWindow({ frame: bitcoins, answers, path, colorScheme, locale, viewport }, async ({ page }) => {
        await page.locator('.markets-button').click();
        await page.locator('.holding-market').first().waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        await page.locator('tr[data-asset=BTC] .icon-button').click();
        await page.getByRole('menu').waitFor();
        await settled(async () => expect(await accessibilityFaults(page)).toEqual([]));
      });
    }
  });
});
