import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt, frameAt, viewAt } from './kit/frame.js';
import { balancesOf, paper, portfolioOf } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, listed, origin, withWindow } from './kit/window.js';

// Pages of other portfolios than the one of what is owned: their numbers come over the same connection.

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(!browser)('a portfolio that is live', () => {
  const path = '/portfolios/p-paper';
  const secondS = 1_000;
  /** One bitcoin and 100 USDT. @param price of the bitcoin */
  const viewOf = (price: string, version = 2, atMs = noon) => viewAt('p-paper', version, bitcoinAt(atMs, price), '100');
  const held = {
    ...balancesOf(
      paper,
      [
        { asset: 'USDT', available: '60', reserved: '40', total: '100', price: '1', value: '100' },
        { asset: 'BTC', via: 'btcusdt', available: '1', price: '200', value: '200' },
      ],
      '300',
    ),
    version: 2,
  };
  /** The answer, and how often it was asked for. */
  const counted = (answer: () => unknown = () => held) => {
    const reads = { count: 0 };
    const balances = () => {
      reads.count += 1;
      return answer();
    };
    return { reads, answers: { 'portfolios/p-paper/balances': balances } };
  };
  const worth = (page: Page) => page.locator('.portfolio-head').innerText();
  const notOld = (page: Page) => page.getByText(/Not brought up to date since/).count();

  it('changes with each price that comes, is read once, and is read again where orders may keep something else', async () => {
    const { reads, answers } = counted();
    await withWindow(
      { frame, answers, path, views: { 'p-paper': viewOf('200') } },
      async ({ page, send, answer, sent }) => {
        await expect.poll(() => worth(page)).toMatch(/300\.00\s+USDT/);
        await page.getByText('40 reserved for open orders').waitFor();
        for (let at = 1; at <= 8; at++) {
          await send(viewOf(`${200 + at}`, 2, noon + at * secondS));
          await expect.poll(() => worth(page)).toContain(`${300 + at}.00`);
          await page.waitForTimeout(600);
        }
        await expect.poll(() => page.locator('tr[data-asset=BTC] .digits.up').innerText()).toBe('208');
        await expect.poll(() => page.locator('.freshness-dot').first().innerText()).toBe('Live');
        expect(reads.count).toBe(1);
        expect(sent.filter((text) => text.includes('view'))).toEqual(['{"type":"view","portfolioId":"p-paper"}']);
        answer(counted(() => ({ ...held, version: 3, balances: [held.balances[1]] })).answers);
        await send(viewAt('p-paper', 3, bitcoinAt(noon + 9 * secondS, '210')));
        await page.locator('tr[data-asset=USDT]').waitFor({ state: 'detached' });
        await page.getByText('reserved for open orders').waitFor({ state: 'detached' });
        // Of a replica that has not heard of that yet.
        await send(viewOf('999', 2, noon + 10 * secondS));
        await page.waitForTimeout(300);
        expect(await worth(page)).toMatch(/210\.00/);
      },
    );
  });

  it('goes back to what one owns with the page that one leaves for it', async () => {
    const views = { 'p-paper': viewOf('200') };
    await withWindow({ frame, answers: counted().answers, path, views }, async ({ page, send, sent }) => {
      await expect.poll(() => worth(page)).toMatch(/300\.00/);
      await page.locator('.rail').getByRole('link', { name: 'Home' }).click();
      await settled(async () => expect(sent.at(-1)).toBe('{"type":"view","portfolioId":"default"}'));
      await send(frameAt(noon + secondS, { btcusdt: { price: '123.4' } }, '123.4'));
      await expect.poll(() => page.getByTestId('total').innerText()).toMatch(/^123\.40/);
    });
  });

  it('comes back in one picture where the connection was lost, with nothing of another portfolio in between', async () => {
    const { answers } = counted(() => undefined);
    const views = { 'p-paper': viewOf('200') };
    await withWindow({ frame, answers, path, views, expected: /503/ }, async ({ page, send, cut, sent }) => {
      await expect.poll(() => worth(page)).toMatch(/300\.00/);
      await page.evaluate(`{
        const head = document.querySelector('.portfolio-head');
        globalThis.pictures = new Set();
        const note = () => { pictures.add(head.innerText.match(/[\\d,.]+ ?\\s*USDT/)?.[0] ?? 'nothing'); requestAnimationFrame(note); };
        note();
      }`);
      let comeBack = () => {};
      await cut(new Promise<void>((resolve) => (comeBack = resolve)));
      await page.getByText(/Not brought up to date since/).waitFor();
      expect(await worth(page)).toMatch(/300\.00/);
      expect(await page.locator('.freshness-dot').first().innerText()).not.toBe('Live');
      await send(viewOf('250', 2, noon + 60 * secondS));
      comeBack();
      await expect.poll(() => worth(page)).toMatch(/350\.00/);
      await expect.poll(() => notOld(page)).toBe(0);
      const pictures = (await page.evaluate('[...pictures]')) as readonly string[];
      expect(pictures.map((one) => one.replace(/\s+/g, ' '))).toEqual(['300.00 USDT', '350.00 USDT']);
      expect(sent.filter((text) => text.includes('p-paper')).length).toBe(2);
    });
  });

  it.each([
    ['the server takes no more connections', 4_429],
    ['the server does not know it yet', undefined],
  ] as const)('is read every few seconds where %s', async (_, code) => {
    let price = 200;
    const { reads, answers } = counted(() => {
      price += 1;
      const [cash, coin] = held.balances;
      return { ...held, value: `${100 + price}`, balances: [cash, { ...coin, price: `${price}`, value: `${price}` }] };
    });
    const views = code === undefined ? {} : { 'p-paper': viewOf('200') };
    await withWindow({ frame, answers, path, views, expected: /503/ }, async ({ page, cut }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      if (code !== undefined) {
        await expect.poll(() => worth(page)).toMatch(/300\.00/);
        await cut(undefined, code);
        await button(page, 'Connect again').waitFor();
      }
      const before = reads.count;
      await expect.poll(() => reads.count).toBeGreaterThan(before + 1);
      await expect.poll(() => worth(page)).toContain(`${100 + price}.00`);
      expect(await notOld(page)).toBe(0);
      if (code === undefined) return;
      await button(page, 'Connect again').click();
      await expect.poll(() => page.locator('.freshness-dot').first().innerText()).toBe('Live');
      await expect.poll(() => worth(page)).toMatch(/300\.00/);
    });
  });

  it('shows nothing of it to whoever signs in next', async () => {
    const views = { 'p-paper': viewOf('200') };
    const answers = { ...counted().answers, 'auth/logout': {} };
    await withWindow({ frame, answers, path, views, expected: /404/ }, async ({ page, answer, send }) => {
      await expect.poll(() => worth(page)).toMatch(/300\.00/);
      await page.getByRole('button', { name: /^Account/ }).click();
      await page.locator('.account-menu').getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      answer({ 'portfolios/p-paper': () => new Refused(404, 'not-found') });
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByTestId('total').waitFor();
      await send(viewOf('777'));
      expect(await page.locator('body').innerText()).not.toMatch(/300\.00|877\.00/);
    });
  });

  it('is worth nothing any more where prices become of the other kind', async () => {
    const views = { 'p-paper': viewOf('200') };
    await withWindow({ frame, answers: counted().answers, path, views }, async ({ page, answer, send, tell }) => {
      await expect.poll(() => worth(page)).toMatch(/300\.00/);
      const unpriced = held.balances.map((one) => ({ ...one, price: null, value: null }));
      answer({ 'portfolios/p-paper/balances': { ...held, value: '0', balances: unpriced } });
      await tell({ Type: 'error', Detail: 'That portfolio lives at real prices, which are not here.' });
      const simulated = { ...frame, AsOf: new Date(noon + secondS).toISOString(), Simulated: true };
      await send(simulated);
      await tell(simulated);
      await page.getByText('It lives at real prices').waitFor();
      expect(await worth(page)).not.toMatch(/USDT/);
    });
  });

  it('is asked for only where the prices are of its kind, and says so', async () => {
    const simulated = portfolioOf('p-paper', { name: 'Paper (simulated)', isDefault: true, simulated: true });
    const unpriced = held.balances.map((one) => ({ ...one, price: null, value: null }));
    const answers = {
      ...counted(() => ({ ...held, value: '0', balances: unpriced })).answers,
      'portfolios/p-paper': simulated,
    };
    await withWindow({ frame, answers, path: '/' }, async ({ page, sent }) => {
      await page.getByTestId('total').waitFor();
      await page
        .locator('.top')
        .getByRole('button', { name: /Choose a portfolio/ })
        .click();
      await page
        .locator('.top .places')
        .getByRole('link', { name: /^Paper/ })
        .click();
      await page.getByText('nothing in it is worth anything here').waitFor();
      expect(sent.filter((text) => text.includes('p-paper'))).toEqual([]);
      await expect.poll(() => page.locator('.freshness-dot').first().innerText()).toBe('Live');
    });
  });
});

describe.skipIf(!browser)('everything that one owns', () => {
  const coins = { btcusdt: { price: '300' }, btceur: { price: '90', total: '100' }, ethusdt: { price: '50' } };
  const all = viewAt('all', 5, frameAt(noon, coins, '450'), '50');
  const nothingRead = { portfolioId: 'all', kind: 'all', baseCurrency: 'USDT', version: 5, value: '0', balances: [] };
  const symbols = { Symbols: [...listed, { Symbol: 'btceur', BaseAsset: 'BTC', QuoteAsset: 'EUR' }] };
  const answers = { 'portfolios/all/balances': nothingRead, symbols };

  it('is one sum, each asset once and cash with it, and the first in the switcher', async () => {
    await withWindow({ frame, answers, views: { all } }, async ({ page, send }) => {
      await page
        .locator('.top')
        .getByRole('button', { name: /Choose a portfolio/ })
        .click();
      await page.locator('.top .places a').first().click();
      await page.waitForURL(`${origin}/portfolios/all`);
      await page.getByRole('heading', { name: 'Everything you own' }).waitFor();
      await expect.poll(() => page.locator('.portfolio-head').innerText()).toMatch(/500\.00\s+USDT/);
      const rows = (await page.locator('.balance-table tbody tr').allInnerTexts()).map((row) =>
        row.replace(/\s+/g, ' '),
      );
      expect(rows).toEqual([
        expect.stringMatching(/Bitcoin BTC 300 2 400\.00 USDT 80\.0 %$/),
        expect.stringMatching(/Ethereum ETH 50 1 50\.00 USDT 10\.0 %$/),
        expect.stringMatching(/Tether USDT Cash 1 50 50\.00 USDT 10\.0 %$/),
      ]);
      await page.getByText('without paper money').waitFor();
      // There is nothing to decide about it.
      expect(await page.locator('.portfolio-bar').getByRole('link', { name: 'Settings' }).count()).toBe(0);
      await send(viewAt('all', 5, frameAt(noon + 1_000, { btcusdt: { price: '310' } }, '310'), '50'));
      await expect.poll(() => page.locator('.portfolio-head').innerText()).toMatch(/360\.00/);
      await page.goto(`${origin}/portfolios/all/settings`);
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    });
  });

  it('says how all of it moved, cash too, since what changes are counted from, and what that is without', async () => {
    const atNoon = new Date(noon).toISOString();
    const then = (symbol: string, price: string) => ({ Symbol: symbol, Price: price, QuotePrice: price, Time: atNoon });
    const dayOf = (...prices: object[]) => ({ AsOf: atNoon, Since: '', Opens: [], DayAgo: prices, DayAgoNext: null });
    const known = [then('btcusdt', '200'), then('btceur', '100'), then('ethusdt', '40')];
    const asked: string[] = [];
    const given = {
      ...answers,
      'profile/day': (search: string) => {
        asked.push(search);
        return search === '?portfolioId=all' ? dayOf(...known) : dayOf();
      },
      'profile/basis': (search: string) => {
        asked.push(search);
        return { At: atNoon, Prices: [then('btcusdt', '250')] };
      },
    };
    await withWindow({ frame, answers: given, views: { all }, path: '/portfolios/all' }, async ({ page }) => {
      const day = async () => (await page.locator('.day-of-all').innerText()).replace(/\s+/g, ' ');
      // Of 500 now with 50 of USDT it was 390.
      await expect.poll(day).toMatch(/^24 hours up ▲ ?\+110\.00 \+28\.21 %$/);
      expect(asked).toContain('?portfolioId=all');
      await page.getByLabel('Changes since').first().selectOption('7d');
      // Only bitcoin in USDT is known of then: 300 and 50 of 250 and 50.
      await expect.poll(day).toMatch(/^7 days, without BTC\/EUR, ETH up ▲ ?\+50\.00 \+16\.67 %$/);
      expect(asked.some((search) => search.startsWith('?at=') && search.endsWith('&portfolioId=all'))).toBe(true);
      await page.keyboard.press('.');
      await expect.poll(day).not.toContain('50.00');
    });
  });

  it('says that nothing is known of then where that is so', async () => {
    await withWindow({ frame, answers, views: { all }, path: '/portfolios/all' }, async ({ page }) => {
      await page.getByText('24 hours: no price of then is known yet.').waitFor();
    });
  });

  it('says a name once where that is the ticker too, and beside the sum what is not in it', async () => {
    const some = frameAt(noon, { xrpusdt: { price: '2' }, btcusdt: { price: '300' } }, '302');
    const lira = { ...some.Coins[0], Symbol: 'tryusdt', Price: null, Total: null, PriceTime: null, Stale: true };
    const view = viewAt('all', 5, { ...some, Coins: [...some.Coins, lira] } as typeof some);
    const given = {
      ...answers,
      symbols: { Symbols: [...listed, { Symbol: 'xrpusdt', BaseAsset: 'XRP', QuoteAsset: 'USDT' }] },
    };
    await withWindow({ frame, answers: given, views: { all: view }, path: '/portfolios/all' }, async ({ page }) => {
      const names = (asset: string) => page.locator(`tr[data-asset=${asset}] .coin-names`);
      await expect.poll(() => names('XRP').innerText()).toBe('XRP');
      expect((await names('BTC').innerText()).split(/\s+/)).toEqual(['Bitcoin', 'BTC']);
      await page.locator('.total-lacks').getByText('Not included, because there is no price: TRY').waitFor();
    });
  });

  it('has the cash that is not in Home’s total, which says so', async () => {
    const withCash = { ...viewAt('', 5, frame, '1204.55'), PortfolioID: undefined, BaseCurrency: undefined };
    const { PortfolioID: _, BaseCurrency: __, ...own } = withCash;
    await withWindow({ frame: own, answers, views: { all } }, async ({ page, send }) => {
      await expect.poll(() => page.locator('.cash-note').innerText()).toMatch(/^Cash is not in it: 1,204\.55 USDT/);
      await expect.poll(() => page.getByTestId('total').innerText()).toMatch(/^100\.00/);
      await page.keyboard.press('.');
      await expect.poll(() => page.locator('.cash-note').innerText()).not.toContain('204');
      await page.goto(`${origin}/portfolios/default`);
      await page.locator('.cash-note').getByRole('link', { name: 'Everything you own' }).click();
      await page.waitForURL(`${origin}/portfolios/all`);
      await page.goBack();
      await send(viewAt('all', 6, frame));
      await page.goto(origin);
      await page.getByTestId('total').waitFor();
    });
  });
});
