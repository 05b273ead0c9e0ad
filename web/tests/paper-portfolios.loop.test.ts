import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { button, dialog, ofNoon as frame, isFocused, second, wordsBeside } from './kit/portfolio-pages.js';
import { balancesOf, createPortfolioServer, paper } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, origin, withWindow } from './kit/window.js';

/** Of a frame that is asked for where the first one takes long on a busy machine, which nobody answers here. */
const expected = /503/;

describe.skipIf(!browser)('a portfolio of paper money', () => {
  const held = balancesOf(
    paper,
    [
      { asset: 'USDT', available: '6000', reserved: '34000', total: '40000', price: '1', value: '40000' },
      { asset: 'BTC', via: 'btcusdt', available: '0.4995', price: '68123.45', value: '34027.663275' },
      { asset: 'ETH', via: 'ethusdt', available: '2' },
    ],
    '74027.663275',
  );
  const candles = { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null };
  const answers = { 'portfolios/p-paper/balances': held, 'coins/btcusdt/candles': candles };
  const path = '/portfolios/p-paper';

  it('shows cash and assets with what they are worth, what orders hold of them, and what is not in the sum', async () => {
    await withWindow({ frame, answers, path }, async ({ page }) => {
      const rows = page.locator('.balance-table tbody tr');
      await expect.poll(() => rows.count()).toBe(3);
      const words = (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, ' '));
      expect(words[0]).toMatch(/Tether USDT Cash 1 40,000 34,000 reserved for open orders 40,000\.00 USDT 54\.0 %$/);
      expect(words[1]).toMatch(/Bitcoin BTC 68,123\.45 0\.4995 34,027\.66 USDT 46\.0 %$/);
      expect(words[2]).toMatch(/Ethereum ETH – 2 – –$/);
      await expect.poll(() => page.locator('.portfolio-head').innerText()).toMatch(/74,027\.66\s+USDT/);
      await page
        .locator('.portfolio-head + .total-lacks')
        .getByText(/^Not included, because there is no price: ETH$/)
        .waitFor();
      await page.getByRole('link', { name: /Bitcoin/ }).click();
      await page.waitForURL(`${origin}/assets/BTC`);
      await page.locator('.back-link').click();
      await page.waitForURL(origin + path);
    });
  });

  it('goes on with what it was, and says since when, while the server is away, and is brought up to date after it', async () => {
    await withWindow({ frame, answers, path, expected: /503/ }, async ({ page, answer }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      answer({ 'portfolios/p-paper/balances': undefined });
      await page.getByText(/Not brought up to date since/).waitFor();
      await page.locator('tr[data-asset=BTC]').waitFor();
      answer({ 'portfolios/p-paper/balances': balancesOf(paper, [{ asset: 'ADA', via: 'adausdt', available: '7' }]) });
      await page.locator('tr[data-asset=ADA]').waitFor();
      await page.getByText(/Not brought up to date since/).waitFor({ state: 'detached' });
    });
  });

  it('says with a price that is old when it was made, where it is seen and read out', async () => {
    const priceTime = '2026-06-14T11:58:00.000Z';
    const old = balancesOf(
      paper,
      [{ asset: 'BTC', via: 'btcusdt', available: '1', price: '68123.45', value: '68123.45', priceTime, stale: true }],
      '68123.45',
    );
    const given = { ...answers, 'portfolios/p-paper/balances': old };
    for (const viewport of [
      { width: 1_280, height: 900 },
      { width: 320, height: 640 },
    ])
      await withWindow({ frame, answers: given, path, viewport, expected }, async ({ page }) => {
        const tag = page.locator('tr[data-asset=BTC] .cell-price .tag');
        await expect.poll(() => tag.innerText()).toBe('old price, Jun 14');
        await expect.poll(() => page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      });
  });

  it('hides its amounts in discreet mode, in dialogs and notices too', async () => {
    const server = createPortfolioServer([second]);
    await withWindow({ frame, answers: { ...server.answers, ...answers }, path }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      await page.keyboard.press('.');
      const leaks = () => page.evaluate(`(document.body.innerText.match(/40,000|34,0|0\\.4995|74,0|6,000/g) ?? [])`);
      await settled(async () => expect(await leaks()).toEqual([]));
      await button(page, 'Transfer').click();
      await dialog(page).getByLabel('Amount').fill('5999');
      await settled(async () => expect(await leaks()).toEqual([]));
      await dialog(page).getByRole('button', { name: 'Transfer' }).click();
      await page.getByText('••• transferred to “Second try”').waitFor();
      expect(await leaks()).toEqual([]);
    });
  });

  it('is given money, once for each time it is asked for, and says when there is no more today', async () => {
    let refused: Refused | undefined = new Refused(503, 'unavailable');
    const server = createPortfolioServer([], () => refused);
    await withWindow({ frame, answers: server.answers, path, expected: /status of/ }, async ({ page }) => {
      await button(page, 'Add paper money').click();
      await dialog(page).getByRole('button', { name: 'Add paper money' }).click();
      await dialog(page).getByText('Enter a quantity, for example 0.5.').waitFor();
      await dialog(page).getByLabel('Amount').fill('1,000.50');
      await dialog(page).getByLabel('Currency').selectOption('EUR');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('Portfolios cannot be reached').waitFor();
      refused = undefined;
      await dialog(page).getByLabel('Amount').press('Enter');
      await page.getByText('1,000.5 EUR of paper money added').waitFor();
      const [lost, made] = server.changes;
      expect(made).toMatchObject({ call: 'POST portfolios/p-paper/fund', body: { asset: 'EUR', quantity: '1000.5' } });
      expect(made?.key).toBe(lost?.key);
      refused = new Refused(429, 'limit-reached', 'portfolio_id', { 'retry-after': '40000' });
      await button(page, 'Add paper money').click();
      await dialog(page).getByLabel('Amount').fill('1');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('Try again in 12 hours.').waitFor();
    });
  });

  it('says beside an amount what is wrong with it while it is typed, in the words of a refusal, and sends nothing', async () => {
    const server = createPortfolioServer([second]);
    const given = { frame, answers: { ...server.answers, ...answers }, path };
    await withWindow(given, async ({ page }) => {
      const amount = dialog(page).getByLabel('Amount');
      await button(page, 'Transfer').click();
      for (const [typed, words] of [
        ['6000.01', 'You hold 6,000 USDT.'],
        ['-5', 'Enter more than zero.'],
        ['1e400', 'Write a number such as 1.5 or 1,234.5.'],
        [`0.${'1'.repeat(60)}`, 'At most 18 decimals.'],
        ['5,432.', '6,000 USDT available'],
        ['0.', '6,000 USDT available'],
      ] as const) {
        await amount.fill(typed);
        await expect.poll(() => wordsBeside(amount)).toEqual([words, words.endsWith('available') ? 'false' : 'true']);
      }
      await amount.fill('6001');
      await dialog(page).getByRole('button', { name: 'Transfer' }).click();
      expect(await isFocused(page, 'quantity')).toBe(true);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await button(page, 'Add paper money').click();
      await amount.fill('99999999999999999999');
      await expect
        .poll(() => wordsBeside(amount))
        .toEqual([expect.stringMatching(/^Together that would have/), 'true']);
      await dialog(page).getByLabel('Currency').selectOption('EUR');
      await expect.poll(() => wordsBeside(amount)).toEqual(['= 99,999,999,999,999,999,999 EUR', 'false']);
      await amount.fill('1'.repeat(21));
      await expect.poll(() => wordsBeside(amount)).toEqual(['At most 20 digits before the point.', 'true']);
      expect(server.changes).toEqual([]);
    });
  });

  it('gives to another one no more than it has, and is told where it has less by now', async () => {
    const server = createPortfolioServer([second], () => new Refused(409, 'insufficient-balance', 'quantity'));
    await withWindow({ frame, answers: { ...server.answers, ...answers }, path, expected: /409/ }, async ({ page }) => {
      await button(page, 'Transfer').click();
      const amount = dialog(page).getByLabel('Amount');
      await dialog(page).getByText('6,000 USDT available').waitFor();
      await amount.fill('6000.01');
      await amount.press('Enter');
      await dialog(page).getByText('You hold 6,000 USDT.').waitFor();
      await button(page, 'All').click();
      await expect.poll(() => amount.inputValue()).toBe('6,000');
      await expect.poll(() => dialog(page).locator('.preview').innerText()).toMatch(/Stays here\s+0 USDT/);
      await amount.press('Enter');
      await dialog(page).getByText('There is less than that here by now.').waitFor();
      await expect.poll(() => amount.inputValue()).toBe('6,000');
      expect(server.changes).toEqual([
        expect.objectContaining({
          call: 'POST transfers',
          body: { from: 'p-paper', to: 'p-second', asset: 'USDT', quantity: '6000' },
        }),
      ]);
    });
  });
});

describe.skipIf(!browser)('the receipt of paper money', () => {
  const price = { price: '68123.45', priceTime: '2026-06-15T11:59:59.700Z', tradeId: 4_000_000_009 };
  const bitcoin = {
    ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', quantity: '0.4995', priceState: 'live' },
    ...{ price, conversion: null, total: '34027.663275' },
  };
  const receipt = {
    ...{ portfolioId: 'p-paper', asOf: '2026-06-15T12:00:00.000Z', version: 1, asset: 'USDT', simulated: false },
    ...{ rows: [bitcoin], usdt: '40000', total: '74027.663275' },
  };
  const held = balancesOf(
    paper,
    [
      { asset: 'USDT', available: '40000', price: '1', value: '40000' },
      { asset: 'BTC', via: 'btcusdt', available: '0.4995', price: '68123.45', value: '34027.663275' },
    ],
    '74027.663275',
  );
  const answers = { 'portfolios/p-paper/balances': held, 'portfolios/p-paper/receipt': receipt };
  const path = '/portfolios/p-paper';
  const terms = (page: Page) => page.locator('.receipt-term').allInnerTexts();

  it('has its cash and its assets, computed by the server and again here, and never those of what one owns', async () => {
    await withWindow({ frame, answers, path, expected }, async ({ page }) => {
      await page.locator('.portfolio-head .receipt-button').click();
      await page.getByRole('heading', { name: 'Receipt Total value' }).waitFor();
      await expect
        .poll(() => terms(page))
        .toEqual(['40,000\u00a0USDT', '0.4995\u00a0BTC × 68,123.45\u00a0USDT = 34,027.663275\u00a0USDT']);
      await dialog(page).getByText('Computed by the server and again here: equal.').waitFor();
      await dialog(page).getByText('Sum of 2 values').waitFor();
      expect(await page.locator('.receipt-total .exact-digits').innerText()).toBe('74,027.663275');
    });
  });

  it('of one row is opened by its "=", and by the key where the focus is in it', async () => {
    await withWindow({ frame, answers, path, expected }, async ({ page }) => {
      await button(page, 'How the value of Bitcoin comes about').click();
      await page.getByRole('heading', { name: 'Receipt Bitcoin' }).waitFor();
      await expect.poll(() => terms(page)).toHaveLength(1);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      // First it goes back to where it was.
      await settled(async () =>
        expect(await page.evaluate("document.activeElement.closest('tr')?.dataset.asset")).toBe('BTC'),
      );
      await page.locator('tr[data-asset=USDT] button').focus();
      await page.keyboard.press('=');
      await page.getByRole('heading', { name: 'Receipt Tether' }).waitFor();
      await expect.poll(() => terms(page)).toEqual(['40,000\u00a0USDT']);
    });
  });

  it('says beside the sum what is not in it, because it has no price', async () => {
    const lira = { ...bitcoin, symbol: 'tryusdt', baseAsset: 'TRY', priceState: 'waiting', price: null, total: null };
    const lacking = { ...answers, 'portfolios/p-paper/receipt': { ...receipt, rows: [bitcoin, lira] } };
    await withWindow({ frame, answers: lacking, path, expected }, async ({ page }) => {
      await page.locator('.portfolio-head .receipt-button').click();
      await dialog(page).getByText('Not included, because there is no price: TRY').waitFor();
      await dialog(page).getByText('Computed by the server and again here: equal.').waitFor();
      await dialog(page).getByText('Sum of 2 values').waitFor();
    });
  });

  it('says loudly where the cash is not in the sum', async () => {
    const wrong = { ...answers, 'portfolios/p-paper/receipt': { ...receipt, total: '34027.663275' } };
    await withWindow({ frame, answers: wrong, path, expected }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      await page.keyboard.press('=');
      await page.getByRole('alert').filter({ hasText: 'do not compute the same' }).waitFor();
    });
  });
});

describe.skipIf(!browser)('a transfer whose asset another tab has taken meanwhile', () => {
  it('still says which it is, and that there is none, and sends no other one', async () => {
    const [bitcoin, dollars] = [
      { asset: 'BTC', via: 'btcusdt', available: '1', price: '100', value: '100' },
      { asset: 'USDT', available: '50', price: '1', value: '50' },
    ];
    const balances = 'portfolios/p-paper/balances';
    const server = createPortfolioServer([second]);
    const answers = { ...server.answers, [balances]: balancesOf(paper, [bitcoin, dollars], '150') };
    await withWindow({ frame, answers, path: '/portfolios/p-paper' }, async ({ page, answer }) => {
      await button(page, 'Transfer').click();
      await dialog(page).getByLabel('Amount').fill('1');
      answer({ [balances]: balancesOf(paper, [dollars], '50') });
      await dialog(page).getByText('You hold 0 BTC.').waitFor();
      await expect.poll(() => dialog(page).getByLabel('What').inputValue()).toBe('BTC');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('You hold 0 BTC.').waitFor();
      expect(server.changes).toEqual([]);
    });
  });
});
