import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt } from './kit/frame.js';
import { browser, drawn, listed, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const frame = bitcoinAt(noon, '68000');
const path = '/markets?list=watchlist';
const row = '.market-table tbody tr';
const names = (page: Page) => page.locator(`${row} .coin-name`).allInnerTexts();
const star = (page: Page, name: string) => page.getByRole('button', { name: `Watch ${name}`, exact: true });
const isOn = async (page: Page, name: string) => (await star(page, name).getAttribute('aria-pressed')) === 'true';

/** A server's list, which keeps what it is told. */
const createServer = (...symbols: string[]) => {
  const state = { version: 1, symbols, isAway: false };
  const list = () => ({
    watchlist: state.symbols.map((symbol) => ({
      ...{ symbol, asset: symbol.slice(0, -4).toUpperCase(), addedAt: '2026-06-15T11:00:00.000Z' },
    })),
    version: state.version,
    next: null,
  });
  const answered = () => (state.isAway ? undefined : list());
  const change = (symbol: string) => (_search: string, method: string) => {
    if (state.isAway) return undefined;
    state.symbols = state.symbols.filter((one) => one !== symbol);
    if (method === 'PUT') state.symbols.push(symbol);
    state.version += 1;
    return list();
  };
  const changes = listed.map(({ Symbol: symbol }) => [`watchlist/${symbol}`, change(symbol)] as const);
  const told = () => ({ Type: 'watchlist', Version: state.version, Watchlist: list().watchlist });
  return {
    state,
    told,
    answers: { watchlist: answered, 'watchlist/lunausdt': change('lunausdt'), ...Object.fromEntries(changes) },
  };
};
const priceOf = (symbol: string, price: string) => ({
  ...{ Type: 'price', Symbol: symbol, Price: price, PriceTime: '2026-06-15T12:00:01.000Z', Stale: false },
});

describe.skipIf(!browser)('the watchlist', () => {
  it('leads who watches nothing to all markets, has what a star there puts on it, and loses it again', async () => {
    const { answers, state } = createServer();
    await withWindow({ frame, answers, path }, async ({ page }) => {
      await page.getByText('You watch nothing yet').waitFor();
      await page.getByRole('button', { name: 'All markets' }).click();
      await page.waitForURL(`${origin}/markets`);
      await star(page, 'Solana').click();
      await star(page, 'Bitcoin').click();
      await page.getByRole('button', { name: 'Watchlist' }).click();
      await expect.poll(() => names(page)).toEqual(['Solana', 'Bitcoin']);
      await expect.poll(() => state.symbols).toEqual(['solusdt', 'btcusdt']);
      await page.reload();
      await expect.poll(() => names(page)).toEqual(['Solana', 'Bitcoin']);
      await page.getByRole('columnheader', { name: 'Asset' }).getByRole('button').click();
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'Solana']);
      await star(page, 'Bitcoin').click();
      await expect.poll(() => names(page)).toEqual(['Solana']);
      await expect.poll(() => state.symbols).toEqual(['solusdt']);
    });
  });

  it('shows the prices that come over the live connection, of what is held as frames have them, and asks again after a cut', async () => {
    const { answers } = createServer('solusdt', 'btcusdt');
    await withWindow({ frame, answers, path }, async ({ page, tell, send, sent, cut }) => {
      await expect.poll(() => sent).toEqual(['{"type":"subscribe","channels":["watchlist"]}']);
      const prices = () => page.locator(`${row} .market-price .digits`).allInnerTexts();
      await expect.poll(prices).toEqual(['1,234.5', '68,000']);
      await tell(priceOf('solusdt', '142.25'));
      await expect.poll(prices).toEqual(['142.25', '68,000']);
      await send(bitcoinAt(noon + 1_000, '68001'));
      await expect.poll(prices).toEqual(['142.25', '68,001']);
      await cut();
      await expect.poll(() => sent.length).toBe(2);
      await page.getByRole('link', { name: 'Home' }).first().click();
      await expect.poll(() => sent.at(-1)).toContain('unsubscribe');
    });
  });

  it('shows in every window what was changed in another', async () => {
    const server = createServer('solusdt');
    // Of the asset's page nothing else is answered.
    await withWindow({ frame, answers: server.answers, path, expected: /503/ }, async ({ page, openTab, tell }) => {
      const other = await openTab('/assets/ETH');
      await star(other, 'Ethereum').click();
      await expect.poll(() => server.state.symbols).toEqual(['solusdt', 'ethusdt']);
      await tell(server.told());
      await expect.poll(() => names(page)).toEqual(['Solana', 'Ethereum']);
      await star(page, 'Ethereum').click();
      await tell(server.told());
      await expect.poll(() => isOn(other, 'Ethereum')).toBe(false);
    });
  });

  it('undoes a star that could not be kept, says so, and tries again', async () => {
    const server = createServer();
    const { state, answers } = server;
    await withWindow({ frame, answers, path: '/markets', expected: /503/ }, async ({ page }) => {
      await star(page, 'Solana').waitFor();
      await drawn(page);
      state.isAway = true;
      await star(page, 'Solana').click();
      await page.getByText('Solana was not put on your watchlist').waitFor();
      expect(await isOn(page, 'Solana')).toBe(false);
      state.isAway = false;
      await page.locator('.toast').getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => state.symbols).toEqual(['solusdt']);
      expect(await isOn(page, 'Solana')).toBe(true);
    });
  });

  it('says why it cannot be read, and shows below what is not traded any more, to be taken off', async () => {
    const { state, answers } = createServer('lunausdt');
    state.isAway = true;
    await withWindow({ frame, answers, path, expected: /503/ }, async ({ page }) => {
      await page.getByText('Something went wrong on the server').waitFor();
      state.isAway = false;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'Not traded at the moment' }).waitFor();
      await star(page, 'LUNA/USDT').click();
      await page.getByText('You watch nothing yet').waitFor();
      expect(state.symbols).toEqual([]);
    });
  });

  it('is reached and changed with the keyboard alone', async () => {
    const { state, answers } = createServer('solusdt', 'dogeusdt');
    await withWindow({ frame, answers, path }, async ({ page }) => {
      await page.locator(`${row} .coin-link`).first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await settled(async () =>
        expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Watch Dogecoin'),
      );
      await page.keyboard.press('Enter');
      await expect.poll(() => names(page)).toEqual(['Solana']);
      await expect.poll(() => state.symbols).toEqual(['solusdt']);
    });
  });

  it.each(['light', 'dark'] as const)('is for everybody, on every screen and in German: %s', async (colorScheme) => {
    const { answers } = createServer('solusdt', 'lunausdt', 'btcusdt');
    await withWindow({ frame, answers, path, colorScheme, locale: 'de-DE', hasTouch: true }, async ({ page }) => {
      for (const width of [1_280, 800, 390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        await expect.poll(() => names(page)).toEqual(['Solana', 'Bitcoin']);
        await drawn(page);
        const isWider = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        expect([width, isWider]).toEqual([width, false]);
        const spilt = `[...document.querySelectorAll('${row} .num')].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)`;
        expect([width, await page.evaluate(spilt)]).toEqual([width, []]);
        await settled(async () => expect([width, await accessibilityFaults(page)]).toEqual([width, []]));
        // What has no room ends in dots, and is not cut in the middle of a letter.
        const cut = `[...document.querySelectorAll('${row} .tag')].filter((tag) => tag.getBoundingClientRect().right > tag.closest('th').getBoundingClientRect().right).map((tag) => tag.textContent)`;
        expect([width, await page.evaluate(cut)]).toEqual([width, []]);
        const small = `[...document.querySelectorAll('.markets button, .markets .untraded a')].filter((part) => {
          const { width, height } = part.getBoundingClientRect();
          return height < 44 || width < 44;
        }).map((part) => part.outerHTML)`;
        expect([width, await page.evaluate(small)]).toEqual([width, []]);
      }
      expect(await page.getByRole('button', { name: 'Solana nicht mehr merken' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Solana merken' }).waitFor();
    });
  });
});
