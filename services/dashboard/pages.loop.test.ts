import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { accessibilityFaults, startChromium } from '@tickfolio/lib/kit/chromium';
import { patient } from '@tickfolio/lib/kit/clickhouse';
import { settled } from '@tickfolio/lib/kit/settled';
import { silentLogger } from '@tickfolio/lib/telemetry';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestArchive, startTestDashboard, type TestArchive, type TestDashboard } from './kit/archive.js';

// The pages in a real Chromium. Without one nothing of this is covered, which is said on standard error and fails in
// CI.

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pages-'));
const browser: Browser | undefined = await startChromium();
const chartSeconds = 1_800;
let engine: ClickHouse;
let archive: TestArchive;
let dashboard: TestDashboard;
/** The same with a ClickHouse that can be taken away. */
let fragile: TestDashboard;
let away = false;
let startMs = 0;

/** Rising and falling, with a few decimals. */
const closeAt = (second: number, level: number): string =>
  (level + Math.round(Math.sin(second / 200) * 5_000) / 100).toFixed(2);
const history = (symbol: string, level: number) =>
  Array.from({ length: chartSeconds }, (_, at) => ({
    symbol,
    eventMs: startMs - at * 1_000,
    close: closeAt(at, level),
    change: '-12.5',
    percent: '-0.01838235',
  }));

beforeAll(async () => {
  if (!browser) return;
  engine = patient(await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log: silentLogger() }));
  archive = await createTestArchive(engine);
  startMs = Math.floor(systemClock.now() / 1_000) * 1_000;
  const others = Array.from({ length: 40 }, (_, at) => ({
    symbol: `A${at}USDT`,
    eventMs: startMs - at * 500,
    close: `${at}.5`,
    change: String(at - 20),
    percent: `${at - 20}.25`,
  }));
  // Tests run beside each other: each changes symbols of its own.
  const own = ['CALMUSDT', 'LIVEUSDT'].map((symbol) => ({
    symbol,
    eventMs: startMs,
    close: '100.5',
    change: '-12.5',
    percent: '-0.01838235',
  }));
  await archive.add([...history('BTCUSDT', 68_000), ...history('CHARTUSDT', 500), ...others, ...own]);
  for (const partition of [0, 1, 2]) await archive.audit(startMs, partition, {});
  dashboard = await startTestDashboard(engine, { simulated: () => true });
  const query: ClickHouse['query'] = (...asked) =>
    away
      ? Promise.reject(new AppError('unavailable', 'ClickHouse cannot be reached: gone for the test'))
      : engine.query(...asked);
  fragile = await startTestDashboard({ ...engine, query });
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  await fragile?.close();
  await engine?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs with a page of its own; what the browser complains about fails the test. */
const withPage = async (
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
  expected: RegExp = /^$/,
): Promise<void> => {
  if (!browser) return;
  const context = await browser.newContext({
    baseURL: dashboard.url,
    viewport: { width: 1_280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (err) => complaints.push(err.message));
  try {
    await work(page);
    expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
  } finally {
    await context.close();
  }
};

const cell = (page: Page, symbol: string, column: number) =>
  page.locator(`tr[data-key="${symbol}"] > :nth-child(${column})`);
const status = (page: Page) => page.locator('.live p');

// They run beside each other, so each has an `expect` of its own: the common one knows only of the test that began
// last. Most of the time they wait; a busy machine makes them slow, not wrong.
describe.skipIf(!browser)('in Chromium', { concurrent: true, timeout: 150_000 }, () => {
  it('keeps the tickers up to date without a reload, and moves nothing but figures', async ({ expect }) => {
    await withPage({}, async (page) => {
      await page.goto('/?sort=symbol&dir=asc');
      await page.evaluate('window.mark = 1');
      const columns = () =>
        page.evaluate(`[...document.querySelectorAll('thead th')].map((cell) => [cell.offsetLeft, cell.offsetWidth])`);
      await expect.poll(() => status(page).textContent()).toBe('Live');
      const before = await columns();
      await page.locator('tr[data-key="A7USDT"] a').focus();
      await archive.add([
        { symbol: 'LIVEUSDT', eventMs: startMs + 1_000, close: '101.75', change: '1.5', percent: '0.5' },
      ]);
      await expect
        .poll(() => cell(page, 'LIVEUSDT', 2).textContent(), { timeout: 30_000, interval: 50 })
        .toBe('101.75');
      // It lights up, and the sign, the arrow and the words turn with it.
      await expect.poll(() => cell(page, 'LIVEUSDT', 2).getAttribute('class')).toMatch(/flash-(odd|even)/);
      await expect.poll(() => cell(page, 'LIVEUSDT', 3).textContent()).toBe('▲ +0.50 %');
      await expect.poll(() => cell(page, 'LIVEUSDT', 3).locator('.arrow').getAttribute('aria-label')).toBe('up');
      expect(await cell(page, 'A7USDT', 2).getAttribute('class')).not.toContain('flash');
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('A7USDT');
      expect(await columns()).toEqual(before);
      await archive.add([{ symbol: 'AAAUSDT', eventMs: startMs + 1_000, close: '1' }]);
      await expect.poll(() => page.locator('tr[data-key="AAAUSDT"]').count()).toBe(1);
      const symbols = await page.locator('tbody th').allTextContents();
      expect(symbols).toEqual(symbols.toSorted());
      expect(await page.evaluate('window.mark')).toBe(1);
    });
  });

  it('moves nothing for who wants no motion', async ({ expect }) => {
    await withPage({ reducedMotion: 'reduce' }, async (page) => {
      await page.goto('/?q=CALM');
      await archive.add([{ symbol: 'CALMUSDT', eventMs: startMs + 1_000, close: '101.25' }]);
      await expect
        .poll(() => cell(page, 'CALMUSDT', 2).getAttribute('class'), { timeout: 30_000, interval: 50 })
        .toContain('flash');
      expect(await page.evaluate("getComputedStyle(document.querySelector('tbody td')).animationName")).toBe('none');
    });
  });

  it('asks nothing while hidden or paused, and tells when nobody answers', async ({ expect }) => {
    await withPage(
      {},
      async (page) => {
        await page.clock.install();
        await page.goto('/');
        let asked = 0;
        page.on('request', (request) => {
          if (request.resourceType() === 'fetch') asked++;
        });
        const hide = (hidden: boolean) =>
          page.evaluate(
            `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`,
          );
        await hide(true);
        const seen = asked;
        await page.clock.runFor(60_000);
        expect(asked).toBe(seen);
        const asking = page.waitForRequest('/');
        await hide(false);
        await (await asking).response();
        await page.getByRole('button', { name: 'Pause' }).click();
        await expect.poll(() => status(page).textContent()).toBe('Paused');
        const before = asked;
        await page.clock.runFor(60_000);
        expect(asked).toBe(before);
        await page.getByRole('button', { name: 'Resume' }).click();
        await expect.poll(() => status(page).textContent()).toBe('Live');
        await page.route('**/*', (route) => route.abort());
        await page.clock.runFor(2_000);
        await expect.poll(() => status(page).textContent()).toMatch(/^No answer since \d\d:\d\d:\d\d, trying again$/);
        await page.unroute('**/*');
        await page.clock.runFor(4_000);
        await expect.poll(() => status(page).textContent()).toBe('Live');
      },
      /ERR_FAILED/,
    );
  });

  it('tells on an open page that ClickHouse is away, and recovers', async ({ expect }) => {
    await withPage({ baseURL: fragile.url }, async (page) => {
      await page.goto('/');
      away = true;
      await expect.poll(() => status(page).textContent()).toMatch(/^ClickHouse away since \d\d:\d\d:\d\d$/);
      await expect.poll(() => page.locator('.notice.warn').textContent()).toContain('gone for the test');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(40);
      away = false;
      await expect.poll(() => status(page).textContent()).toBe('Live');
      await page.locator('.notice.warn').waitFor({ state: 'detached' });
    });
  });

  it('filters while it is typed, and keeps the word in the address', async ({ expect }) => {
    await withPage({}, async (page) => {
      await page.goto('/');
      await page.getByRole('searchbox', { name: 'Filter by symbol' }).pressSequentially('btc', { delay: 20 });
      await expect.poll(() => new URL(page.url()).search).toBe('?q=btc');
      // The address changes at once, the table when its answer is there.
      await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
      await expect.poll(() => page.evaluate('document.activeElement.id + document.activeElement.value')).toBe('qbtc');
      const loaded = page.waitForEvent('load');
      await page.keyboard.press('Enter');
      await loaded;
      expect(new URL(page.url()).search).toBe('?q=btc');
      await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    });
  });

  /** How many of the chart's pixels are green and red. */
  const chartPixels = (page: Page) =>
    page.evaluate(`(() => {
    const canvas = document.querySelector('#chart canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let green = 0, red = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 200) continue;
      if (data[at + 1] > data[at] + 40) green++;
      else if (data[at] > data[at + 1] + 40) red++;
    }
    return { green, red };
  })()`) as Promise<{ green: number; red: number }>;

  it('draws the chart, reads it out bar by bar, and keeps it up to date', async ({ expect }) => {
    await withPage({}, async (page) => {
      await page.goto('/symbols/CHARTUSDT?range=15m');
      const canvas = page.locator('#chart canvas');
      await canvas.waitFor();
      await settled(async () => {
        const drawn = await chartPixels(page);
        expect(drawn.green).toBeGreaterThan(200);
        expect(drawn.red).toBeGreaterThan(200);
      });
      await expect.poll(() => page.locator('.bar-picture').isVisible()).toBe(false);
      const readout = page.locator('.readout');
      // Before the bars are read: with a new minute the first one would be another.
      await page.getByRole('button', { name: 'Pause' }).click();
      await expect.poll(() => status(page).textContent()).toBe('Paused');
      const bars = JSON.parse((await page.locator('#bars').textContent()) ?? '{}') as {
        bars: { startMs: number; open: string; high: string; low: string; close: string }[];
      };
      const words = (at: number) => {
        const bar = bars.bars.at(at);
        return `${new Date(bar?.startMs ?? 0).toISOString().slice(0, 16).replace('T', ' ')}open ${bar?.open}high ${bar?.high}low ${bar?.low}close ${bar?.close}`;
      };
      await page.locator('#chart').focus();
      expect(await readout.getAttribute('aria-live')).toBeNull();
      for (const [key, at] of [
        ['Home', 0],
        ['ArrowRight', 1],
        ['ArrowRight', 2],
        ['ArrowLeft', 1],
        ['End', -1],
      ] as const) {
        await page.keyboard.press(key);
        await expect.poll(() => readout.textContent()).toBe(words(at));
      }
      await expect.poll(() => readout.getAttribute('aria-live')).toBe('polite');
      await page.getByRole('button', { name: 'Resume' }).click();
      await archive.add([{ symbol: 'CHARTUSDT', eventMs: systemClock.now(), close: '699.99' }]);
      await expect.poll(() => readout.textContent()).toContain('close 699.99');
      // The page around the chart is merged by its own answer.
      await expect.poll(() => page.locator('.price').textContent()).toBe('699.99');
      await expect.poll(() => page.locator('.rows tbody tr').first().textContent()).toContain('699.99');
      await expect.poll(() => page.title()).toContain('CHARTUSDT 699.99');
    });
  });

  it('can be walked with the keyboard alone', async ({ expect }) => {
    await withPage({}, async (page) => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      const focused = () =>
        page.evaluate('document.activeElement.innerText || document.activeElement.id') as Promise<string>;
      const tabTo = async (words: string) => {
        for (let presses = 0; presses < 60; presses++) {
          if ((await focused()).trim() === words) return;
          await page.keyboard.press('Tab');
          const seen = (await page.evaluate(
            `(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return outlineStyle + ' ' + outlineWidth; })()`,
          )) as string;
          expect(seen).toBe('solid 2px');
        }
        throw new Error(`"${words}" is not reached by the keyboard`);
      };
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the content');
      expect(await page.evaluate("document.querySelector('.skip').getBoundingClientRect().top")).toBeGreaterThanOrEqual(
        0,
      );
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.href.endsWith('/#content'));
      await tabTo('Percent');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.href.endsWith('/?sort=percent&dir=desc'));
      await expect.poll(() => page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
      await expect.poll(() => page.locator('tbody th').first().textContent()).toBe('A39USDT');
      await tabTo('A39USDT');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.href.endsWith('/symbols/A39USDT'));
      await tabTo('24 h');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.href.endsWith('/symbols/A39USDT?range=24h'));
      await expect.poll(() => page.locator('.ranges [aria-current]').textContent()).toBe('24 h');
    });
  });

  it('works without script: rows, picture, sorting, filter, paging', async ({ expect }) => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto('/');
      expect(await page.locator('.live').isVisible()).toBe(false);
      await page.getByRole('link', { name: 'Close' }).click();
      await page.waitForURL((url) => url.search === '?sort=close&dir=desc');
      await expect.poll(() => page.locator('tbody th').first().textContent()).toBe('BTCUSDT');
      await page.getByRole('searchbox').fill('a1u');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.waitForURL((url) => url.search === '?q=a1u&sort=close&dir=desc');
      await expect.poll(() => page.locator('tbody th').allTextContents()).toEqual(['A1USDT']);
      await page.goto('/symbols/BTCUSDT');
      await expect.poll(() => page.locator('.bar-picture').isVisible()).toBe(true);
      await expect.poll(() => page.getByRole('img', { name: /BTCUSDT, last hour: first/ }).count()).toBe(1);
      const oldest = await page.locator('.rows tbody tr').last().textContent();
      await page.getByRole('link', { name: 'Older' }).click();
      await page.waitForURL((url) => url.searchParams.has('before'));
      await expect.poll(() => page.locator('.rows tbody tr').count()).toBe(50);
      expect(await page.locator('.rows tbody').textContent()).not.toContain(oldest);
    });
  });

  const views = [
    '/?sort=percent&dir=desc',
    '/symbols/BTCUSDT?range=15m',
    '/pipeline',
    '/symbols/BTCUSD',
    '/?sort=x',
    '/?q=nothing',
  ];
  const ready = async (page: Page, path: string) => {
    await page.goto(path);
    if (path.startsWith('/symbols/BTCUSDT')) await page.locator('#chart canvas').waitFor();
  };

  it.each(['light', 'dark'] as const)('has no accessibility fault that axe-core finds, %s', async (colorScheme) => {
    await withPage(
      { colorScheme },
      async (page) => {
        for (const path of views) {
          await ready(page, path);
          expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
        }
      },
      /status of 40[04]/,
    );
  });

  it('fits a phone: nothing but tables scrolls sideways, and axe-core finds no fault', async ({ expect }) => {
    await withPage(
      {
        viewport: { width: 375, height: 812 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
        colorScheme: 'dark',
      },
      async (page) => {
        for (const path of views) {
          await ready(page, path);
          await settled(async () =>
            expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 375]),
          );
          if (path.includes('BTCUSDT')) {
            await expect.poll(async () => (await chartPixels(page)).green).toBeGreaterThan(100);
            expect(await accessibilityFaults(page)).toEqual([]);
          }
        }
        await page.setViewportSize({ width: 320, height: 600 });
        await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      },
      /status of 40[04]/,
    );
  });
});
