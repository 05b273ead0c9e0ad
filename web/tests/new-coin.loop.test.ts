import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { wordsBeside } from './kit/portfolio-pages.js';
import { browser, drawn, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const bitcoin = { quantity: '0.5', price: '68000', total: '34000' };
const one = frameAt(noon, { btcusdt: bitcoin }, '34000');
const both = frameAt(
  noon + 1_000,
  { btcusdt: bitcoin, solusdt: { quantity: '1000', price: '150', total: '150000' } },
  '184000',
);
const ago = (symbol: string, price: string) => ({
  Symbol: symbol,
  Price: price,
  QuotePrice: price,
  Time: '2026-06-15T11:58:00.000Z',
});

/** A server that keeps what was added only after it was asked for it, and knows a moment later what it cost. */
const createServer = () => {
  const at = { asked: 0, added: false, known: false };
  const answers = {
    'profile/coins': { Quantity: '1000' },
    'coins/solusdt/candles': { Candles: [] },
    'profile/day': () => {
      at.asked += 1;
      const DayAgo = [ago('btcusdt', '69000'), ...(at.added && at.known ? [ago('solusdt', '160')] : [])];
      return {
        AsOf: '2026-06-15T12:00:45.000Z',
        Since: '2026-06-15T00:00:00.000Z',
        Opens: [],
        DayAgo,
        DayAgoNext: null,
      };
    },
  };
  return { at, answers };
};

/** Notes every text that a part of the page has, from now on. */
const noteTexts = (page: Page, selector: string) =>
  page.evaluate(`(() => {
    const part = document.querySelector('${selector}');
    window.noted = [];
    const note = () => window.noted.push(part.textContent.replace(/\\s+/g, ' '));
    new MutationObserver(note).observe(part, { childList: true, characterData: true, subtree: true });
    note();
  })()`);
const notedTexts = async (page: Page) => [...new Set((await page.evaluate('window.noted')) as string[])];

describe.skipIf(!browser)('the change of 7 days', () => {
  it('stays while a coin is added and another is removed, counts no coin from elsewhere, and never has the name of another basis', async () => {
    const at = { asked: 0, isHeld: false };
    const wait = () => new Promise<void>((go) => void releases.push(go));
    const releases: (() => void)[] = [];
    const then = (symbol: string, price: string) => ({ Symbol: symbol, Price: price, QuotePrice: price, Time: '' });
    const answers = {
      'profile/day': {
        AsOf: '2026-06-15T12:00:00.000Z',
        // This morning it cost next to nothing.
        Opens: [{ ...then('solusdt', '1'), Since: '2026-06-15T00:00:00.000Z' }],
        DayAgo: [ago('btcusdt', '69000')],
      },
      'profile/basis': async () => {
        at.asked += 1;
        if (at.isHeld) await wait();
        return { At: '', Prices: [then('btcusdt', '60000'), then('solusdt', '160')] };
      },
    };
    await withWindow({ frame: one, answers }, async ({ page, send }) => {
      await page.locator('.changes .change').waitFor();
      await noteTexts(page, '.changes');
      await page.getByLabel('Changes since').selectOption('7d');
      await expect.poll(() => page.locator('.changes').innerText()).toContain('7 days');
      await page.locator('.changes .change').waitFor();
      for (const text of await notedTexts(page)) expect(text).toMatch(/^$|^24 hours.*−500\.00|^7 days.*\+4,000\.00/);
      at.isHeld = true;
      await noteTexts(page, '.changes');
      await send(both);
      await expect.poll(() => at.asked).toBe(2);
      await drawn(page);
      for (const release of releases.splice(0)) release();
      await expect.poll(() => page.locator('.changes').innerText()).toMatch(/−6,000\.00/);
      for (const text of await notedTexts(page))
        expect(text).toMatch(/^7 days(, without SOL)?(up|down) ?▲ ?\+4,000\.00|^7 daysdown ▼ ?−6,000\.00/);
      await noteTexts(page, '.changes');
      await send({ ...one, AsOf: '2026-06-15T12:00:02.000Z' });
      await expect.poll(() => page.locator('.changes').innerText()).toMatch(/\+4,000\.00/);
      for (const text of await notedTexts(page))
        expect(text).toMatch(/^7 daysdown ▼ ?−6,000\.00|^7 daysup ▲ ?\+4,000\.00/);
    });
  });
});

describe.skipIf(!browser)('the change of 24 hours after a coin was added', () => {
  it.each([
    ['en-US', '24 hours, without SOL', '24 hours', '−500.00 −1.45 %', '−10,500.00 −5.40 %'],
    ['de-DE', '24 Stunden, ohne SOL', '24 Stunden', '−500,00 −1,45 %', '−10.500,00 −5,40 %'],
  ])('says what it lacks, and is of everything within seconds: %s', async (locale, lacking, whole, part, all) => {
    const { at, answers } = createServer();
    await withWindow({ locale, frame: one, answers }, async ({ page, send }) => {
      const figure = async () =>
        (await page.locator('.changes > div').first().innerText()).replace(/^(gefallen|down)\s|▼/gm, '');
      const reads = (label: string, change: string) =>
        expect.poll(async () => (await figure()).replace(/\s+/g, ' ')).toMatch(new RegExp(`^${label} .*${change}$`));
      await reads(whole, part);
      await page.locator('.holdings-head .button').click();
      await page.locator('.search').fill('sol');
      await page.locator('.found-item').click();
      await page.locator('.dialog .field input').fill('1000');
      await page.keyboard.press('Enter');
      await page.locator('tr[data-symbol=solusdt]').waitFor();
      at.added = true;
      expect(at.asked).toBe(1); // Not before the server has it: it would know nothing of it.
      await send(both);
      await reads(lacking, part);
      await expect.poll(() => at.asked).toBe(2); // At once.
      at.known = true;
      await reads(whole, all); // 2 s later.
      expect(at.asked).toBe(3);
    });
  });
});

describe.skipIf(!browser)('the quantity of a coin', () => {
  it.each([
    ['en-US', 'Write a number such as 1.5 or 1,234.5.', 'Enter more than zero.', 'You hold 0.5 BTC.', '= 0.5 BTC'],
    ['de-DE', 'Schreibe eine Zahl wie 1,5 oder 1.234,5.', 'Gib mehr als null ein.', 'Du hast 0,5 BTC.', '= 0,5 BTC'],
  ])(
    'is said to be impossible while it is typed, to screen readers too: %s',
    async (locale, shape, zero, held, echo) => {
      await withWindow({ locale, frame: one, answers: createServer().answers }, async ({ page }) => {
        const field = page.locator('.dialog .field input');
        const says = async (typed: string, words: string | null, isWrong: boolean) => {
          await field.fill(typed);
          await expect.poll(() => wordsBeside(field)).toEqual([words, `${isWrong}`]);
        };
        await page.locator('.holdings-head .button').click();
        await page.locator('.search').fill('btc');
        await page.locator('.found-item').first().click();
        await says('1e400', shape, true);
        await says('-5', zero, true);
        await says('0', null, false);
        await says('0.5', echo, false);
        await page.keyboard.press('Escape');
        await page.locator('.dialog').waitFor({ state: 'detached' });
        await page.locator('tr[data-symbol=btcusdt] .cell-actions button').click();
        await page.locator('[role=menuitem]').nth(1).click();
        await says('1.5', held, true);
        await says('0.5', echo, false);
      });
    },
  );
});
