import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawnTexts, noteDrawnTexts, spoiltTexts } from './kit/axis-texts.js';
import { bitcoinAt } from './kit/frame.js';
import { exchangeOf } from './kit/klines.js';
import { drawnLine, gapsOf, peaksOf } from './kit/plot.js';
import { browser, drawn, pointAt, withWindow } from './kit/window.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const iso = (atMs: number) => new Date(atMs).toISOString();
const noon = Date.parse('2026-06-15T12:00:00.000Z');
/** Clocks in Berlin go back from 3:00 to 2:00, those in New York a week later. */
const autumn = Date.parse('2026-10-25T01:00:00.000Z');

/** What the server recorded: a value every step, low but for some moments. */
const recorded = (
  nowMs: number,
  stepMs: number,
  spanMs: number,
  isHigh: (agoMs: number) => boolean,
  isMissing: (agoMs: number) => boolean = () => false,
) => {
  const Points: { Time: string; Value: string }[] = [];
  for (let ago = spanMs; ago > 0; ago -= stepMs)
    if (!isMissing(ago)) Points.push({ Time: iso(nowMs - ago), Value: isHigh(ago) ? '200' : `${100 + (ago % 7)}.5` });
  return { 'profile/value': { Range: '24h', Points } };
};
const candle = (atMs: number, price: number) => ({
  Time: iso(atMs),
  Open: `${price}`,
  High: `${price + 2}`,
  Low: `${price - 1}`,
  Close: `${price + 1}`,
});
const candles = (Range: string, stepMs: number, untilMs: number, count: number) => ({
  Range,
  StepSeconds: stepMs / secondMs,
  Candles: Array.from({ length: count }, (_, at) => candle(untilMs - (count - 1 - at) * stepMs, 1_000 + at)),
  Today: null,
  Day: null,
  Volume: null,
});
/** Points at a place of a chart until the legend says of it what it should. */
const tells = (page: Page, box: string, part: number, expected: string | RegExp) =>
  settled(async () => {
    await pointAt(page, box, part);
    const told = await legend(page);
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
  });
const isWhole = async (page: Page) =>
  expect(await page.getByText(/This page broke|could not be drawn/).count()).toBe(0);
const legend = async (page: Page) => (await page.locator('.chart-legend').innerText()).replace(/\s+/g, ' ').trim();
describe.skipIf(!browser)('the value over time', () => {
  it('stands at its time, to the pixel, keeps the first recorded minute after two live minutes, and shows ten minutes without a record', async () => {
    const spikes = [23 * hourMs + 50 * minuteMs, 18 * hourMs, 11 * hourMs + 30 * minuteMs, 90 * minuteMs];
    const missing = (ago: number) => ago === 6 * hourMs || ago === 6 * hourMs + 5 * minuteMs;
    const answers = recorded(noon, 5 * minuteMs, 23 * hourMs + 50 * minuteMs, (ago) => spikes.includes(ago), missing);
    await withWindow({ frame: bitcoinAt(noon, '100'), answers }, async ({ page, send }) => {
      await page.locator('.value-panel canvas').waitFor();
      for (const second of [0, 120]) {
        // All the seconds between, as they come.
        for (let live = 1; live <= second; live++) await send(bitcoinAt(noon + live * secondMs, `${100 + (live % 3)}`));
        await settled(async () => {
          const line = await drawnLine(page);
          const column = (agoMs: number) => ((dayMs - agoMs - second * secondMs) / dayMs) * line.width;
          const peaks = peaksOf(line);
          expect(peaks).toHaveLength(spikes.length);
          for (const [at, ago] of spikes.entries())
            expect(Math.abs((peaks[at] ?? 0) - column(ago))).toBeLessThanOrEqual(1);
          // Before the first record, and the ten minutes; nothing else.
          const gaps = gapsOf(line);
          expect(gaps).toHaveLength(2);
          const [from = 0, to = 0] = gaps[1] ?? [];
          expect(Math.abs(from - column(6 * hourMs + 10 * minuteMs))).toBeLessThanOrEqual(2);
          expect(Math.abs(to - column(6 * hourMs - 5 * minuteMs))).toBeLessThanOrEqual(2);
        });
      }
      expect(await legend(page)).toBe('not recorded');
      await tells(
        page,
        '.value-panel .u-over',
        (18 * hourMs - 2 * minuteMs) / dayMs,
        /^Jun 15, 5:50 AM – Jun 15, 2026, 6:05:00 AM UTC not recorded$|^5:50 AM – Jun 15, 2026, 6:05:00 AM UTC not recorded$/,
      );
    });
  });

  it('tells the exact value and the time under the pointer, in the live stretch too', async () => {
    await withWindow(
      { frame: bitcoinAt(noon, '100'), answers: recorded(noon, minuteMs, hourMs, () => false) },
      async ({ page, send }) => {
        await page.getByRole('button', { name: '1H', exact: true }).click();
        await page.locator('.value-panel canvas').waitFor();
        await send(bitcoinAt(noon + 30 * secondMs, '68007514285645934.134038712039781719'));
        await tells(
          page,
          '.value-panel .u-over',
          0.997,
          'Jun 15, 2026, 12:00:30 PM UTC 68,007,514,285,645,934.134038712039781719 USDT',
        );
        await send(bitcoinAt(noon + 31 * secondMs, '68007514285645935.000000000000000001'));
        // Though nobody moves the pointer.
        await expect
          .poll(() => legend(page))
          .toBe('Jun 15, 2026, 12:00:31 PM UTC 68,007,514,285,645,935.000000000000000001 USDT');
        await tells(page, '.value-panel .u-over', 0.5, /^Jun 15, 2026, 11:3\d:00 AM UTC 1\d\d\.5 USDT$/);
      },
    );
  });

  it('tells it to a finger too', async () => {
    const answers = recorded(noon, minuteMs, 24 * hourMs, () => false);
    await withWindow(
      { hasTouch: true, viewport: { width: 390, height: 844 }, frame: bitcoinAt(noon, '100'), answers },
      async ({ page }) => {
        await page.locator('.value-panel canvas').waitFor();
        await settled(async () => {
          const box = await page.locator('.value-panel .u-over').boundingBox();
          await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 80);
          await drawn(page);
          expect(await legend(page)).toMatch(/^Jun 15, 2026, 12:0\d:00 AM UTC 1\d\d\.5 USDT$/);
        });
      },
    );
  });
});

describe.skipIf(!browser)('the axes of charts', () => {
  it('say what is paid now also while the end is scrolled out of sight, and cut off no time', async () => {
    const answers = { 'klines/btcusdt': exchangeOf(noon - 900 * minuteMs, minuteMs, noon).answer };
    const frame = bitcoinAt(noon, '1900.5');
    await withWindow({ path: '/assets/BTC', frame, answers, expected: /503/ }, async ({ page, send }) => {
      await noteDrawnTexts(page);
      await page.reload();
      await page.locator('.coin-chart canvas').first().waitFor();
      const tells = (price: string) =>
        expect.poll(async () => (await drawnTexts(page)).flat().map(({ text }) => text)).toContain(price);
      await tells('1,900.50');
      const box = await page.locator('.coin-chart .chart-box').boundingBox();
      const [x, y] = [box?.x ?? 0, (box?.y ?? 0) + 100];
      for (let drag = 0; drag < 12; drag++) {
        await page.mouse.move(x + 100, y);
        await page.mouse.down();
        await page.mouse.move(x + 107 + 20 * drag, y, { steps: 2 });
        await page.mouse.up();
        await page.mouse.move(x + 100, y - 300);
        await drawn(page);
        expect(spoiltTexts(await drawnTexts(page))).toEqual([]);
      }
      await send(bitcoinAt(noon + secondMs, '5000'));
      await tells('↑ 5,000.00');
      await send(bitcoinAt(noon + 2 * secondMs, '12.5'));
      await tells('↓ 12.50');
    });
  });

  it('let no label of a time and of a value touch, on any phone, in German and in Kathmandu, and say which year it is', async () => {
    const spans = { '1h': [60, 3_600], '24h': [300, 86_400], '7d': [3_600, 604_800], '30d': [7_200, 2_592_000] };
    const all = { ...spans, '1y': [86_400, 31_536_000], all: [172_800, 60_000_000] };
    const answers = {
      'profile/value': (search: string) => {
        const Range = new URLSearchParams(search).get('range') ?? '24h';
        const [StepSeconds = 60, span = 3_600] = all[Range as keyof typeof all];
        const count = Math.floor(span / StepSeconds);
        const Points = Array.from({ length: count }, (_, at) => ({
          Time: iso(noon - (count - at) * StepSeconds * secondMs),
          Value: `${130_000 + 9_000 * Math.sin(at / 40)}`,
        }));
        return { Range, StepSeconds, Points };
      },
    };
    for (const [locale, timezoneId] of [
      ['en-US', 'America/New_York'],
      ['de-DE', 'Asia/Kathmandu'],
    ] as const)
      await withWindow({ locale, timezoneId, frame: bitcoinAt(noon, '136752.97'), answers }, async ({ page }) => {
        await noteDrawnTexts(page);
        await page.reload();
        const ranges = page.locator('.value-panel .ranges button');
        for (let range = 0; range < 7; range++) {
          await ranges.nth(range).dispatchEvent('click');
          await page.locator('.value-panel canvas').waitFor();
          for (const width of [280, 390, 1600]) {
            await page.setViewportSize({ width, height: 900 });
            await drawn(page);
            const texts = await drawnTexts(page);
            expect([locale, range, width, spoiltTexts(texts)]).toEqual([locale, range, width, []]);
            if (range === 6) expect(texts.flat().some(({ text }) => /^202[456]$/.test(text))).toBe(true);
          }
        }
      });
  });
});

describe.skipIf(!browser)('charts', () => {
  it('go on when the clocks go back in autumn, with every candle where it belongs', async () => {
    const hourly = exchangeOf(autumn - 97 * hourMs, hourMs, autumn + 2 * hourMs);
    const minutely = exchangeOf(autumn - 50 * minuteMs, minuteMs, autumn - minuteMs);
    const answers = {
      ...recorded(autumn, minuteMs, 40 * minuteMs, () => false),
      'coins/btcusdt/candles': candles('1h', minuteMs, autumn - minuteMs, 50),
      'klines/btcusdt': (search: string) => (search.includes('interval=1h') ? hourly : minutely).answer(search),
    };
    const frame = bitcoinAt(autumn - 5 * secondMs, '120');
    await withWindow({ timezoneId: 'Europe/Berlin', frame, answers }, async ({ page, send }) => {
      await page.locator('.value-panel canvas').waitFor();
      for (let second = -4; second < 5; second++) await send(bitcoinAt(autumn + second * secondMs, '121'));
      await isWhole(page);
      await page.locator('tr[data-symbol=btcusdt]').getByRole('link').click();
      await page.locator('.coin-chart canvas').first().waitFor();
      for (let second = -4; second < 65; second += 4) await send(bitcoinAt(autumn + second * secondMs, '121'));
      await isWhole(page);
      await page.getByRole('button', { name: '1h', exact: true }).click();
      await send(bitcoinAt(autumn + 2 * hourMs, '1099'));
      // Four days, hour by hour from left to right.
      const hours = [...Array.from({ length: 23 }, (_, at) => 4 * at), 92, 93, 94, 95, 96, 97, 98];
      const plot = '.coin-chart .chart-box td:nth-child(2)';
      await tells(page, plot, 0.5 / 100, /Open 1,000\b/); // The chart of these days has come.
      const seen: number[] = [];
      for (const hour of hours) {
        await pointAt(page, plot, (hour + 0.5) / 100);
        seen.push(Number(/Open ([\d,]+)/.exec(await legend(page))?.[1]?.replace(',', '')));
      }
      expect(seen).toEqual(hours.map((hour) => 1_000 + hour));
    });
  });

  it('go on when the clock of the server is set back, and show what is worth now', async () => {
    const answers = {
      ...recorded(noon, minuteMs, hourMs, () => false),
      'coins/btcusdt/candles': candles('1h', minuteMs, noon, 60),
    };
    await withWindow({ frame: bitcoinAt(noon + 2 * secondMs, '120'), answers }, async ({ page, send }) => {
      await page.locator('.value-panel canvas').waitFor();
      for (const second of [3, -2, -70, -1, 4]) await send(bitcoinAt(noon + second * secondMs, `${120 + second}`));
      await send(bitcoinAt(noon - 2 * hourMs, '118'));
      await isWhole(page);
      await tells(page, '.value-panel .u-over', 0.997, /\b118 USDT/);
      await send(bitcoinAt(noon + 5 * secondMs, '119'));
      await page.locator('tr[data-symbol=btcusdt]').getByRole('link').click();
      await page.locator('.coin-chart canvas').first().waitFor();
      for (const second of [61, 62, -2, 63]) await send(bitcoinAt(noon + second * secondMs, `${120 + second}`));
      await isWhole(page);
      await tells(page, '.coin-chart .chart-box td:nth-child(2)', 0.997, /Close 183$/);
    });
  });

  it('that cannot be drawn say so in their card, and the rest of the page goes on', async () => {
    const answers = recorded(noon, minuteMs, hourMs, () => false);
    const expected = /no canvas|error occurred|error boundary/;
    await withWindow({ answers, frame: bitcoinAt(noon, '120'), expected }, async ({ page, openTab, send }) => {
      await page.context().addInitScript(
        `window.drawing = HTMLCanvasElement.prototype.getContext;
         HTMLCanvasElement.prototype.getContext = () => { throw new Error('no canvas'); };`,
      );
      const tab = await openTab();
      await tab.getByText('This part could not be drawn.').waitFor();
      await send(bitcoinAt(noon + secondMs, '121'));
      await expect.poll(() => tab.getByTestId('total').innerText()).toContain('121.00');
      await tab.evaluate('void (HTMLCanvasElement.prototype.getContext = window.drawing)');
      await tab.getByRole('button', { name: 'Try again' }).click();
      await tab.locator('.value-panel canvas').waitFor();
      await tab.getByText('This part could not be drawn.').waitFor({ state: 'detached' });
    });
  });
});
