import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt, type TestFrame } from './kit/frame.js';
import { exchangeOf } from './kit/klines.js';
import { type Answers, account, browser, drawn, listed, origin, withWindow } from './kit/window.js';

// What comes later finds its place kept: nothing that is there moves. Layout shifts as browsers count them.

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const iso = (atMs: number) => new Date(atMs).toISOString();
const frame: TestFrame = frameAt(
  noon,
  {
    btcusdt: { price: '97123.4' },
    ethusdt: { price: '3012.75', quantity: '12.5', total: '37659.375' },
    solusdt: { price: '151.2', quantity: '40', total: '6048' },
    dogeusdt: { price: '0.31', quantity: '1000', total: '310' },
  },
  '141140.775',
  true,
);
const priceThen = ({ Symbol: symbol, Price: price }: TestFrame['Coins'][number]) => ({
  Symbol: symbol,
  Price: `${Number(price) * 0.97}`,
  QuotePrice: `${Number(price) * 0.97}`,
});
const [first, ...others] = frame.Coins;
/** Recorded since an hour; before that it is asked what was held now would have been worth. */
const value = {
  Range: '24h',
  StepSeconds: 300,
  Points: Array.from({ length: 12 }, (_, at) => ({ Time: iso(noon - hourMs + at * 5 * minuteMs), Value: '140000' })),
};
const heldValue = {
  Range: '24h',
  StepSeconds: 300,
  Simulated: true,
  Points: Array.from({ length: 276 }, (_, at) => ({
    Time: iso(noon - 24 * hourMs + at * 5 * minuteMs),
    Value: '139000',
  })),
  Left: [],
};
const trails = {
  Simulated: true,
  Trails: frame.Coins.map(({ Symbol: symbol, Price: price }) => ({
    Symbol: symbol,
    Whole: true,
    Points: Array.from({ length: 24 }, (_, at) => ({ Time: iso(noon - (24 - at) * hourMs), Price: price })),
  })),
};
const day = {
  Since: '',
  Opens: first ? [{ ...priceThen(first), Since: iso(noon - hourMs) }] : [],
  DayAgo: others.map(priceThen),
};
const candles = exchangeOf(noon - 48 * hourMs, minuteMs, noon, true);

/** What is recorded of the asset whose page is opened. */
const archive = {
  Range: '1h',
  StepSeconds: 60,
  Candles: [{ Time: iso(noon - minuteMs), Open: '97000', High: '97200', Low: '96900', Close: '97100' }],
  Today: null,
  Day: { Time: iso(noon), Open: '96000', High: '97500', Low: '95000' },
  Volume: { Time: iso(noon), Base: '1234.5', Quote: '119000000' },
  Status: 'trading',
  Lacks: null,
};

const after = (ms: number, answer: unknown) => async () => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return answer;
};
/** One after the other, each long enough after the one before to be a picture of its own. */
const late: Answers = {
  'profile/day': after(200, day),
  symbols: after(300, { Symbols: listed.map((one) => ({ ...one, TickSize: '0.01000000' })) }),
  'profile/value': after(400, value),
  'profile/day-trails': after(500, trails),
  'profile/value/held': after(300, heldValue),
  'coins/btcusdt/candles': after(500, archive),
  account: after(600, account),
  'klines/btcusdt': (search: string) => after(700, candles.answer(search))(),
};
/** Long enough for the last of them and what it leads to. */
const settledMs = 2_500;

/** Longer than the first frame takes. */
const lateMs = 1_500;

/** By the standard's own words: what somebody did themselves does not count. */
const notes = `(() => {
  window.moved = [];
  const nameOf = (node) => (node?.nodeType === 3 ? node.parentElement : node)?.className ?? 'gone';
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.moved.push([value, sources.map(({ node, previousRect: from, currentRect: to }) => nameOf(node) + ' ' + [from.x, from.y, to.x, to.y].map(Math.round))]);
  }).observe({ type: 'layout-shift', buffered: true });
})()`;
type Moved = readonly [value: number, parts: readonly string[]];
const most = 0.02;

/** What moved, in words, where it is too much altogether. */
const tooMuch = async (page: Page): Promise<readonly Moved[]> => {
  await page.waitForTimeout(settledMs);
  const moved = (await page.evaluate('window.moved')) as readonly Moved[];
  return moved.reduce((sum, [value]) => sum + value, 0) > most ? moved : [];
};

const screens = [
  ['wide', { width: 1_280, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const;
const pages = [
  ['Home', '/', '.value-panel canvas'],
  ['the holdings', '/portfolios/default', '.coins tbody tr'],
  ['the markets', '/markets', '.market-row'],
  ['an asset', '/assets/BTC', '.coin-chart canvas'],
  ['the security settings', '/settings/security', '.part form, .part-actions'],
] as const;
const cases = pages.flatMap(([name, path, last]) =>
  screens.map(([screen, viewport]) => [name, screen, path, last, viewport] as const),
);

/** Opens a page that was open before, as most are. */
const openAgain = async (page: Page, path: string) => {
  await page.locator('.banner.simulated').waitFor();
  await page.addInitScript(notes);
  await page.goto(origin + path);
};

describe.skipIf(!browser)('what comes later', () => {
  it.each(cases)('moves nothing of %s, %s', async (_name, _screen, path, last, viewport) => {
    await withWindow({ path: '/settings/display', viewport, answers: late, frame }, async ({ page }) => {
      await openAgain(page, path);
      await page.locator(last).first().waitFor();
      expect(await tooMuch(page)).toEqual([]);
    });
  });

  it.each(screens)('moves nothing of Home where prices are real, %s', async (_screen, viewport) => {
    const given = { viewport, answers: late, frame: { ...frame, Simulated: false } };
    await withWindow({ path: '/settings/display', ...given }, async ({ page }) => {
      await page.addInitScript(notes);
      await page.goto(origin);
      await page.locator('.value-panel canvas').first().waitFor();
      expect(await tooMuch(page)).toEqual([]);
    });
  });

  it.each(screens)('moves nothing of Home where the first frame is late, %s', async (_screen, viewport) => {
    await withWindow({ path: '/settings/display', viewport, answers: late, frame }, async ({ page }) => {
      let isSkeletonSeen = false;
      await page.route('**/auth/refresh', async (route) => {
        await page.locator('.skeleton').waitFor();
        await drawn(page);
        isSkeletonSeen = true;
        await route.fallback();
      });
      await openAgain(page, '/');
      await page.locator('.value-panel canvas').first().waitFor();
      expect(isSkeletonSeen).toBe(true);
      expect(await tooMuch(page)).toEqual([]);
    });
  });

  it.each(screens)(
    'moves nothing of Home where the first frame is there before what draws it, %s',
    async (_screen, viewport) => {
      await withWindow({ path: '/settings/display', viewport, answers: late, frame }, async ({ page }) => {
        let isHeld = false;
        await page.route('**/show-app-*.js', async (route) => {
          isHeld = true;
          await page.waitForTimeout(lateMs);
          await route.fallback();
        });
        await openAgain(page, '/');
        await page.locator('.value-panel canvas').first().waitFor();
        expect(isHeld).toBe(true);
        expect(await tooMuch(page)).toEqual([]);
      });
    },
  );
});
