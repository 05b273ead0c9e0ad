import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, drawn, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const time = '2026-06-15T11:59:00.000Z';
const candles = {
  Range: '1h',
  StepSeconds: 60,
  Candles: [{ Time: time, Open: '1', High: '2', Low: '1', Close: '2' }],
  Today: null,
  Day: { Time: time, Open: '68007.51428564', High: '69007.51428564', Low: '67007.51428564' },
  Volume: { Time: time, Base: '12408.51302', Quote: '845310222.1940537' },
};
const quantity = '99999999999999999999.123456789012345678';
const frame = frameAt(
  noon,
  {
    btcusdt: { quantity, price: '68007.51428564', total: '680075142856400000000000.12345678901234567812345678' },
    ethusdt: { quantity: '1234567.5', price: '3456.78', total: '4267628265' },
    solusdt: { quantity: '12.5', price: '150', total: '1875' },
  },
  '680075142856404267630140.12345678901234567812345678',
);
const ago = (symbol: string, price: string) => ({ Symbol: symbol, Price: price, Time: time });
const answers = {
  'coins/btcusdt/candles': candles,
  'coins/solusdt/candles': candles,
  // Of all that there was nothing is left to be seen, and twelve thousand times as much.
  'profile/day': {
    Since: '',
    Opens: [],
    DayAgo: [ago('btcusdt', '0.05508'), ago('ethusdt', '0.279'), ago('solusdt', '99999999')],
  },
  'profile/coins': { Quantity: '1' },
  'profile/value': { Range: '24h', Points: [{ Time: time, Value: '1' }] },
};

const figures = '.digits, .change, .hint, .field .fault, .toast > span';
/**
 * Where lines of figures end otherwise than behind a group, at a blank, or in a fraction that has the line for itself:
 * the text, with `|` there.
 */
const tornFigures = (page: Page, group: string, point: string) =>
  page.evaluate(`[...document.querySelectorAll('${figures}')].flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const all = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest('.visually-hidden')) continue;
      for (let at = 0; at < node.length; at++) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const [box] = range.getClientRects();
        if (box) all.push({ letter: node.data[at], box });
        else if (all.length > 0) all.at(-1).letter = ' '; // A blank at the end of a line takes no room.
      }
    }
    const text = all.map(({ letter }) => letter).join('');
    return all.flatMap(({ letter, box }, at) => {
      const before = all[at - 1];
      if (!before || box.top < before.box.bottom - 3) return [];
      const [left, right] = [text.slice(0, at), text.slice(at)];
      const atGroup = before.letter === '${group}' && /^\\d{3}(?!\\d)/.test(right);
      const atBlank = (letter === ' ' || before.letter === ' ') && !/^ ?%/.test(right);
      const [last = ''] = /\\d+\\${point}\\d+$/.exec(left) ?? [];
      const from = at - last.length;
      const inFraction = last !== '' && /^[\\d…]/.test(right) && (from === 0 || all[from].box.top >= all[from - 1].box.bottom - 3);
      return atGroup || atBlank || inFraction ? [] : [left + '|' + right];
    });
  })`) as Promise<string[]>;

/** Of twelve digits before the point and more than eight behind it; and what people hold. */
const wide = frameAt(
  noon,
  {
    bnbusdt: {
      quantity: '123456789012.123456789012345678',
      price: '600.12',
      total: '74088888221955.529629468035308',
    },
    btcusdt: { quantity: '1.12345678', price: '68123.45', total: '76533.758' },
    dogeusdt: { quantity: '18000.12345678', price: '0.12345', total: '2222.12' },
    solusdt: { quantity: '0.00000001', price: '150.1', total: '0.000001501' },
  },
  '74088888300711.4',
);
/** Figures that take more than one line, and rows that are wider than their table. */
const crowded = `[...document.querySelectorAll('.coins .digits, .mover .digits')].filter((figure) => {
  const range = document.createRange();
  range.selectNodeContents(figure);
  return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size > 1;
}).concat([...document.querySelectorAll('.coins tr')].filter((row) => row.scrollWidth > row.clientWidth)).map((element) => element.textContent)`;

describe.skipIf(!browser)('long figures on computers', () => {
  it.each(['en-US', 'de-DE'])('stand on one line each beside columns that need less, %s', async (locale) => {
    await withWindow({ locale, frame: wide, answers, viewport: { width: 1_280, height: 900 } }, async ({ page }) => {
      for (const path of ['/portfolios/default', '/'])
        for (const width of [1_280, 1_440, 1_600]) {
          await page.setViewportSize({ width, height: 900 });
          if (width === 1_280) await page.goto(origin + path);
          await page.locator('tr[data-symbol=solusdt] .cell-value .digits').waitFor();
          await drawn(page);
          expect({ path, width, crowded: await page.evaluate(crowded) }).toEqual({ path, width, crowded: [] });
        }
    });
  });
});

describe.skipIf(!browser)('who copies a quantity of which eight decimals are shown', () => {
  it('has all of its digits, of the figure and in a whole row', async () => {
    await withWindow({ frame: wide, answers, path: '/portfolios/default' }, async ({ page }) => {
      await page.locator('tr[data-symbol=bnbusdt] .cell-quantity').waitFor();
      await page.evaluate(
        "addEventListener('copy', ({ clipboardData }) => Object.assign(window, { copied: clipboardData.getData('text/plain') }))",
      );
      const copy = async (selector: string) => {
        await page.evaluate(`getSelection().selectAllChildren(document.querySelector('${selector}'))`);
        await page.keyboard.press('Control+C');
        return (await page.evaluate('window.copied')) as string;
      };
      const all = '123,456,789,012.123456789012345678';
      expect(await copy('tr[data-symbol=bnbusdt] .cell-quantity')).toBe(all);
      const row = await copy('tr[data-symbol=bnbusdt]');
      expect([row.includes('600.12'), row.includes(all), row.includes('…')]).toEqual([true, true, false]);
      // Of what is shown whole the browser copies what it would.
      expect(await copy('tr[data-symbol=dogeusdt] .cell-quantity')).toBe('');
    });
  });

  it('has the amount of the next row in that row, where the selection begins within a figure of dust that looks the same', async () => {
    const quantities = ['0.000000000123', '0.000000000456'] as const;
    const dust = frameAt(
      noon,
      {
        btcusdt: { quantity: quantities[0], price: '68000', total: '0.000008364' },
        ethusdt: { quantity: quantities[1], price: '3400', total: '0.0000015504' },
      },
      '0.0000099144',
    );
    await withWindow({ frame: dust, answers, path: '/portfolios/default' }, async ({ page }) => {
      await page.locator('tr[data-symbol=ethusdt] .cell-quantity').waitFor();
      await page.evaluate(
        "addEventListener('copy', ({ clipboardData }) => Object.assign(window, { copied: clipboardData.getData('text/plain') }))",
      );
      // From behind the first letter of the one to the end of the other, as a hand that begins a little late selects.
      await page.evaluate(`(() => {
        const textOf = (symbol) => document.createTreeWalker(
          document.querySelector('tr[data-symbol=' + symbol + '] .cell-quantity .digits'), NodeFilter.SHOW_TEXT);
        const row = document.querySelector('tr[data-symbol=ethusdt]');
        getSelection().setBaseAndExtent(textOf('btcusdt').nextNode(), 1, row, row.childNodes.length);
      })()`);
      await page.keyboard.press('Control+C');
      const copied = (await page.evaluate('window.copied')) as string;
      expect(quantities.map((quantity) => copied.includes(quantity))).toEqual([false, true]);
      expect(copied.indexOf(quantities[1])).toBeGreaterThan(copied.indexOf('ETH'));
    });
  });
});

describe.skipIf(!browser)('prices', () => {
  it('have the decimals of their market everywhere, and money the whole of which has no room in a card three digits', async () => {
    const symbols = {
      Symbols: ['BTC', 'ETH', 'SOL'].map((base) => ({
        Symbol: `${base.toLowerCase()}usdt`,
        ...{ BaseAsset: base, QuoteAsset: 'USDT', TickSize: '0.01000000' },
      })),
    };
    const held = { btcusdt: { quantity: '2000', price: '68007.5', total: '136015000' } };
    const more = { symbols, 'coins/btcusdt/candles': candles, 'profile/day': answers['profile/day'] };
    const path = '/assets/BTC';
    await withWindow(
      { path, frame: frameAt(noon, held, '136015000'), answers: more, expected: /503/ },
      async ({ page }) => {
        const value = page.locator('.position .large');
        await value.waitFor();
        expect([await value.innerText(), await value.getAttribute('title')]).toEqual([
          '136 M USDT',
          '136,015,000.00 USDT',
        ]);
        const gain = page.locator('.position .gained');
        expect([await gain.innerText(), await gain.getAttribute('title')]).toEqual([
          '+136 M USDT',
          expect.stringMatching(/^\+136,014,\d{3}\.\d\d USDT$/),
        ]);
        await page.getByRole('button', { name: 'Markets', exact: true }).click();
        await expect.poll(() => page.locator('.asset-market-table td').first().innerText()).toBe('1,234.50');
        await page.goto(`${origin}/markets`);
        await expect.poll(() => page.locator('td.market-price').first().innerText()).toBe('1,234.50');
        await page.goto(`${origin}/`);
        const gained = page.locator('.mover-amount');
        await gained.waitFor();
        expect([await gained.innerText(), await gained.getAttribute('title')]).toEqual([
          '+136 M USDT',
          expect.stringMatching(/^\+136,014,\d{3}\.\d\d USDT$/),
        ]);
      },
    );
  });
});

describe.skipIf(!browser)('the range of a day', () => {
  it('has a price of thirty digits on one line', async () => {
    const Day = { Time: time, Open: '1', High: '999999999999999999999.123456789', Low: '1' };
    const more = { ...answers, 'coins/btcusdt/candles': { ...candles, Day } };
    await withWindow({ path: '/assets/BTC', frame: wide, answers: more, expected: /503/ }, async ({ page }) => {
      const high = page.locator('.day-range .digits', { hasText: '999,999' });
      await high.waitFor();
      const lines = `(() => {
        const figure = [...document.querySelectorAll('.day-range .digits')].find(({ textContent }) => textContent.startsWith('999,999'));
        const range = document.createRange();
        range.selectNodeContents(figure);
        return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size;
      })()`;
      await expect.poll(() => page.evaluate(lines)).toBe(1);
    });
  });
});

describe.skipIf(!browser)('the markets of an asset on a phone', () => {
  it('have each price on one line', async () => {
    const tickers = ['1234.5', '2313801.84', '123456789.12'].map((price, at) => ({
      ...{ symbol: `btc${'xyz'[at]}`, base: 'BTC', quote: `${'XYZ'[at]}`, status: 'trading', price },
      ...{ change24h: '1', quoteVolumeUsdt24h: '1000' },
    }));
    const answer = { asOf: time, stale: null, simulated: false, tickers, next: null };
    const path = '/assets/BTC?tab=markets';
    const viewport = { width: 390, height: 844 };
    await withWindow(
      { path, viewport, frame: wide, answers: { ...answers, tickers: () => answer } },
      async ({ page }) => {
        await page.locator('.asset-market-table tbody tr').nth(2).waitFor();
        const torn = `[...document.querySelectorAll('.asset-market-table .digits')].filter((figure) => {
          const range = document.createRange();
          range.selectNodeContents(figure);
          return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size > 1;
        }).map(({ textContent }) => textContent)`;
        expect(await page.evaluate(torn)).toEqual([]);
      },
    );
  });
});

describe.skipIf(!browser)('long figures on phones', () => {
  it.each([
    ['en-US', 'light', ',', '.'],
    ['de-DE', 'dark', '.', ','],
  ] as const)(
    'go on in the next line between groups only, with their sign and percent sign, %s, %s',
    async (locale, colorScheme, group, point) => {
      const typed = `9999999999999999999${point}123456789`;
      await withWindow(
        { locale, colorScheme, frame, answers, viewport: { width: 390, height: 800 }, expected: /503/ },
        async ({ page }) => {
          const lookAt = async (what: string) => {
            for (const width of [390, 360, 320, 256]) {
              await page.setViewportSize({ width, height: 800 });
              await drawn(page);
              const torn = await tornFigures(page, group, point);
              const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
              expect({ what, width, torn, wide }).toEqual({ what, width, torn: [], wide: false });
            }
          };
          const row = page.locator('tr[data-symbol=btcusdt]');
          await row.locator('.change').waitFor();
          await expect
            .poll(() => page.locator('tr[data-symbol=solusdt] .change').innerText())
            .toContain(`−100${point}00 %`);
          await lookAt('portfolio');
          // Copied and read out it is the number alone.
          const plain = `${'99,999,999,999,999,999,999'.replaceAll(',', group)}${point}12345678… BTC`;
          expect(await row.locator('.below-value').evaluate((cell) => [cell.textContent, cell.innerText])).toEqual([
            plain,
            plain,
          ]);
          const copied = `(() => { getSelection().selectAllChildren(document.querySelector('tr[data-symbol=btcusdt] .below-value')); return getSelection().toString(); })()`;
          await expect.poll(() => page.evaluate(copied)).toBe(plain);
          expect(await row.ariaSnapshot()).toContain(plain);
          await row.locator('.icon-button').click();
          await page.getByRole('menuitem').first().click();
          await page.locator('.dialog .tab').nth(1).click();
          await page.locator('.dialog input').fill(typed);
          await lookAt('dialog');
          await page.locator('.dialog input').fill(`${typed}${'9'.repeat(8)}`.replace('99', '999'));
          await page.keyboard.press('Enter');
          await page.locator('.field .fault').waitFor();
          await lookAt('fault');
          await page.locator('.dialog input').fill(typed);
          await page.keyboard.press('Enter');
          await page.locator('.toast').waitFor();
          await lookAt('toast');
          for (const path of ['/assets/BTC', '/assets/SOL']) {
            await page.goto(origin + path);
            await page.locator('.position .change').waitFor();
            await lookAt(path);
          }
        },
      );
    },
  );
});
