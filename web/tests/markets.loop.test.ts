import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt } from './kit/frame.js';
import { browser, drawn, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const frame = bitcoinAt(noon, '68000');
const tickerOf = (pair: string, price: string, volume: string, more: object = {}) => {
  const [base = '', quote = ''] = pair.split('/');
  return {
    ...{ symbol: `${base}${quote}`.toLowerCase(), base, quote, status: 'trading', price, age: 900 },
    ...{ time: '2026-06-15T11:59:59.100Z', change1h: '0.1', change24h: '-1.2345', change7d: null },
    ...{ low24h: '1', high24h: '100000', range24h: '0.68', volume24h: volume },
    ...{ quoteVolume24h: volume, quoteVolumeUsdt24h: volume },
    spark7d: [...Array.from({ length: 28 }, (_, at) => (at < 9 ? null : `${100 + (at % 5)}`)), '101'],
    ...more,
  };
};
const few = [
  tickerOf('BTC/USDT', '68000.5', '1234567890'),
  tickerOf('BTC/EUR', '62000', '9876543', { quoteVolume24h: '9876543' }),
  tickerOf('ETH/USDT', '3456.78', '987654321', { change24h: '12.5' }),
  tickerOf('ETH/BTC', '0.0508', '76543', { quoteVolumeUsdt24h: null }),
  tickerOf('DOGE/USDT', '0.10250001', '12345', { change24h: '3', status: 'paused' }),
];
const many = Array.from({ length: 3_000 }, (_, at) => tickerOf(`M${at}/USDT`, `${at + 1}.5`, `${9_000 - at}`));
const answerOf = (tickers: readonly object[], more: object = {}) => ({
  ...{ asOf: '2026-06-15T12:00:00.000Z', stale: null, simulated: false, tickers, next: null },
  ...more,
});
const symbols = few.map(({ symbol, base, quote }) => ({ Symbol: symbol, BaseAsset: base, QuoteAsset: quote }));
const answers = {
  symbols: { Symbols: symbols },
  tickers: (search: string) => {
    const quote = new URLSearchParams(search).get('quote');
    return answerOf(few.filter((one) => quote === null || one.quote === quote));
  },
  'coins/ethusdt/candles': { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null },
};
const row = '.market-table tbody tr';
const names = (page: Page) => page.locator(`${row} .coin-name`).allInnerTexts();
const path = '/markets';
/** With room for every column beside a scroll bar. */
/** How many buttons of rows stand further to the right than the table. */
const beyondTheCard = `(() => {
  const end = document.querySelector('.market-table').getBoundingClientRect().right;
  return [...document.querySelectorAll('.market-row button')].filter((one) => one.getBoundingClientRect().right > end).length;
})()`;
const wide = { width: 1_320, height: 900 };

describe.skipIf(!browser)('the markets', () => {
  it('show each asset once with its figures, are put in order, narrowed and folded, and all of it stands in the address', async () => {
    await withWindow({ frame, answers, path, viewport: wide }, async ({ page }) => {
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'Ethereum', 'Dogecoin']);
      const cells = await page.locator(`${row}:first-child > *`).allInnerTexts();
      expect(cells.map((cell) => cell.replace(/\s+/g, ' ').trim())).toEqual([
        expect.stringContaining('BTC'),
        '68,000.5',
        'up +0.10 %',
        'down −1.23 %',
        '– not known',
        '1.23 B',
        'lowest 1, highest 100,000',
        '',
        '',
      ]);
      const head = page.getByRole('columnheader', { name: '24 h', exact: true });
      await head.getByRole('button').click();
      await expect.poll(() => names(page)).toEqual(['Ethereum', 'Dogecoin', 'Bitcoin']);
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
      await head.getByRole('button').click();
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'Dogecoin', 'Ethereum']);
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('checkbox', { name: '24 h range' }).uncheck();
      await page.keyboard.press('Escape');
      await page.getByLabel('Priced in').selectOption('BTC');
      await expect.poll(() => names(page)).toEqual(['Ethereum']);
      await expect.poll(() => page.url()).toContain('columns=1h.24h.7d.volume.week');
      await page.reload();
      await expect.poll(() => names(page)).toEqual(['Ethereum']);
      expect(await page.getByRole('columnheader', { name: '24 h range' }).count()).toBe(0);
      await expect.poll(() => page.locator(`${row} .cell-volume`).innerText()).toBe('76.5 K BTC');
      await page.getByLabel('Priced in').selectOption('');
      await page.getByRole('searchbox').fill('эфириум');
      await expect.poll(() => names(page)).toEqual(['Ethereum']);
      await page.getByRole('searchbox').fill('qqqq');
      await page.getByRole('button', { name: 'Clear the search' }).click();
      await expect.poll(() => names(page)).toEqual(['Bitcoin', 'Dogecoin', 'Ethereum']);
    });
  });

  it('have a change of thousands of percent on one line, the whole of it where one points', async () => {
    const tickers = () => answerOf([tickerOf('BTC/USDT', '1', '1', { change24h: '123456.789', change7d: '999.994' })]);
    for (const locale of ['en-US', 'de-DE'])
      await withWindow({ frame, answers: { ...answers, tickers }, path, locale }, async ({ page }) => {
        const change = page.locator(`${row} .cell-24h .change`);
        await change.waitFor();
        await expect
          .poll(() => change.getAttribute('title'))
          .toBe(locale === 'en-US' ? '+123,456.79 %' : '+123.456,79 %');
        await expect.poll(() => change.innerText()).toMatch(locale === 'en-US' ? /\+123 K %$/ : /\+123 Tsd\. %$/);
        await expect.poll(() => page.locator(`${row} .cell-7d .change`).innerText()).toMatch(/\+999[.,]99 %$/);
        const spilt = `[...document.querySelectorAll('${row} .num')].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)`;
        expect(await page.evaluate(spilt)).toEqual([]);
      });
  });

  it('lead by a row to the asset and by its plus to adding it, with the arrow keys alone too', async () => {
    await withWindow({ frame, answers, path, viewport: wide, expected: /503/ }, async ({ page }) => {
      await page.locator(`${row} .coin-link`).first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await settled(async () =>
        expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Add Ethereum'),
      );
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Add Ethereum' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      // Anywhere in the row: its link lies over everything but the plus.
      await page.locator(`${row} .cell-range`).nth(1).click({ force: true });
      await page.waitForURL(`${origin}/assets/ETH`);
    });
  });

  it('have 3,000 rows of which some dozens are drawn and keys lead to all, the last one where one scrolls to the end, and back at the same place', async () => {
    await withWindow(
      { frame, answers: { ...answers, tickers: answerOf(many) }, path, expected: /503/ },
      async ({ page, answer }) => {
        await page.locator(row).first().waitFor();
        await expect.poll(() => page.locator('.market-table').getAttribute('aria-rowcount')).toBe('3001');
        expect(await page.locator(row).count()).toBeLessThan(50);
        // Half a screen of a scroll in small steps: rows stay the same elements, and most steps find them there already.
        await page.evaluate('scrollTo(0, 2000)');
        await page.locator(`${row}[aria-rowindex="60"]`).waitFor();
        const changes = await page.evaluate(`(async () => {
          const kept = document.querySelector('[aria-rowindex="60"]');
          let changes = 0;
          new MutationObserver(() => changes++).observe(document.querySelector('.market-table'), { childList: true, subtree: true });
          for (let step = 0; step < 15; step++) {
            scrollBy(0, 30);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          }
          return kept === document.querySelector('[aria-rowindex="60"]') ? changes : 'another row';
        })()`);
        expect(changes).toBeLessThan(5);
        await page.locator(`${row} .coin-link`).nth(20).focus();
        const focused = () => page.evaluate("document.activeElement.closest('tr')?.ariaRowIndex ?? null");
        for (const [key, rowIndex] of [
          ['Control+End', '3001'],
          ['ArrowUp', '3000'],
          ['Control+Home', '2'],
          ['ArrowDown', '3'],
        ] as const) {
          await page.keyboard.press(key);
          await expect.poll(focused).toBe(rowIndex);
        }
        await page.keyboard.press('PageDown');
        await expect.poll(async () => Number(await focused())).toBeGreaterThan(10);
        await page.keyboard.press('PageUp');
        await expect.poll(focused).toBe('3');
        // Also where all others are elsewhere: the row stays for as long as it has the focus.
        await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
        await page.locator(`${row}[aria-rowindex="3001"]`).waitFor();
        expect(await focused()).toBe('3');
        // Who comes back to a tab is told at once how things are.
        answer({ tickers: answerOf(many.toReversed()) });
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        await expect.poll(focused).toBe('3000');
        expect(await page.locator(row).count()).toBeLessThan(50);
        const before = await page.evaluate('scrollY');
        await page.locator(`${row}[aria-rowindex="3000"] .coin-link`).click();
        await page.waitForURL(/\/assets\/M1$/);
        await page.goBack();
        await page.locator(`${row}[aria-rowindex="3001"]`).waitFor();
        await settled(async () => expect(await page.evaluate('scrollY')).toBe(before));
      },
    );
  });

  it('say that they come, why they cannot, since when they are old, and that there are none', async () => {
    await withWindow(
      { frame, answers: { ...answers, tickers: undefined }, path, expected: /503/ },
      async ({ page, send, answer }) => {
        await page.locator('.market-bones').waitFor();
        await page.getByText('Something went wrong on the server').waitFor();
        // Of something in between, with a good status.
        answer({ tickers: ['Sign in to the Wi-Fi'] });
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByText('The server does not answer').waitFor();
        answer({ tickers: answerOf([]) });
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByText('The exchange has told nothing').waitFor();
        answer({ tickers: answerOf(few, { stale: 'the connection is open but silent' }) });
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByText('Old since 11:59:59 AM').waitFor();
        await send(bitcoinAt(noon + 24 * 3_600_000, '68000'));
        await page.getByText('Old since Jun 15, 2026, 11:59:59 AM UTC').waitFor();
        expect((await names(page))[0]).toBe('Bitcoin');
      },
    );
  });

  it('have star and plus inside of their card, in the narrowest window that shows all columns', async () => {
    await withWindow({ frame, answers, path, viewport: { width: 1_280, height: 900 } }, async ({ page }) => {
      await page.locator(row).first().waitFor();
      await page.locator('.market-row .star').first().waitFor();
      await settled(async () => {
        await drawn(page);
        expect(await page.evaluate(beyondTheCard)).toBe(0);
      });
      await expect.poll(() => page.locator('th.cell-week').count()).toBe(1);
    });
  });

  it.each(['light', 'dark'] as const)('are for everybody, on every screen and in German: %s', async (colorScheme) => {
    await withWindow({ frame, answers, path, colorScheme, locale: 'de-DE', hasTouch: true }, async ({ page }) => {
      for (const width of [1_280, 800, 390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        await page.locator(row).first().waitFor();
        await settled(async () => {
          await drawn(page);
          expect([width, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([
            width,
            true,
          ]);
          expect([width, await page.evaluate(beyondTheCard)]).toEqual([width, 0]);
        });
        await settled(async () => expect([width, await accessibilityFaults(page)]).toEqual([width, []]));
        const small = `[...document.querySelectorAll('.markets a, .markets button, .markets select, .markets input')].filter((part) => {
          const { width, height } = (part.matches('.coin-link') ? part.closest('tr') : part).getBoundingClientRect();
          return height < 44 || width < 44;
        }).map((part) => part.outerHTML)`;
        expect([width, await page.evaluate(small)]).toEqual([width, []]);
      }
    });
  });
});
