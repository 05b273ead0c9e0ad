import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { startChromium } from '@tickfolio/lib/kit/chromium';
import { patient } from '@tickfolio/lib/kit/clickhouse';
import { settled } from '@tickfolio/lib/kit/settled';
import { silentLogger } from '@tickfolio/lib/telemetry';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestArchive, startTestDashboard, type TestDashboard } from './kit/archive.js';

// The pages in browsers of other time zones, over the night in which New York puts its clocks forward.

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-zones-'));
const browser: Browser | undefined = await startChromium();
const nowMs = Date.parse('2026-03-08T05:40:20Z');
let engine: ClickHouse;
let dashboard: TestDashboard;
beforeAll(async () => {
  if (!browser) return;
  engine = patient(await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log: silentLogger() }));
  const archive = await createTestArchive(engine);
  const minutes = Array.from({ length: 400 }, (_, at) => ({
    symbol: 'BTCUSDT',
    eventMs: nowMs - 20_000 - at * 60_000,
    close: `${68_000 + (at % 7)}.5`,
  }));
  await archive.add(minutes);
  dashboard = await startTestDashboard(engine, { clock: createManualClock(nowMs) });
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  await engine?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Keeps the texts that are drawn on canvases. */
const recordTexts = `
  window.drawn = [];
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.drawn.push(String(text));
    return draw.call(this, text, ...rest);
  };`;

/** What the chart's axis says of a range. */
const axisOf = async (page: Page, range: string) => {
  await page.goto(`/symbols/BTCUSDT?range=${range}`);
  await page.locator('#chart canvas').waitFor();
  // Whole once two pictures have passed in which nothing was added, however often it was drawn.
  const read = () =>
    page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.drawn))))',
    ) as Promise<string[]>;
  return settled(async () => {
    const [before, after] = [await read(), await read()].map((texts) => [
      ...new Set(texts.filter((text) => /^\d\d[:-]\d\d$/.test(text))),
    ]);
    expect([before?.length === 0, after]).toEqual([false, before]);
    return after;
  });
};

/** Everything of a symbol's page that shows a time. */
const timesOf = async (page: Page) => {
  const axes = [await axisOf(page, '7d'), await axisOf(page, '24h'), await axisOf(page, '6h')];
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('#chart').focus();
  await page.keyboard.press('Home');
  const first = await settled(async () => {
    const told = await page.locator('.readout').textContent();
    expect(told).toMatch(/open/);
    return told;
  });
  const rows = await page.locator('.rows tbody tr').allTextContents();
  const moment = await page.locator('.quote time').first().textContent();
  await page.locator('#at').fill('2026-03-08 02:30');
  await page.getByRole('button', { name: 'Go' }).click();
  await page.waitForURL((url) => url.searchParams.has('at'));
  return {
    axes,
    first,
    moment,
    rows,
    at: await page.locator('#at').inputValue(),
    found: await page.locator('.rows tbody th').first().textContent(),
    // As a person sees it, whatever the language of the browser: no morning and no afternoon.
    halves: (await page.locator('body').innerText()).match(/\b[AP]M\b/g),
  };
};

describe.skipIf(!browser)('in a browser elsewhere', { timeout: 150_000 }, () => {
  const inZone = async <T>(timezoneId: string, work: (page: Page) => Promise<T>): Promise<T> => {
    if (!browser) throw new Error('no browser');
    const context = await browser.newContext({
      baseURL: dashboard.url,
      viewport: { width: 1_280, height: 900 },
      timezoneId,
      locale: 'en-US',
    });
    await context.addInitScript(recordTexts);
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  };

  it('shows one zone, UTC and 24 hours, in chart, read-out, rows, figures and the field for a time', async () => {
    const utc = await inZone('UTC', timesOf);
    expect(utc.axes.at(-1)).toEqual(expect.arrayContaining(['00:00', '01:00', '02:00', '03:00', '04:00', '05:00']));
    expect(utc).toMatchObject({ at: '2026-03-08 02:30:59', found: '2026-03-08 02:30:00.000', halves: null });
    expect(utc.first).toMatch(/^2026-03-07 23:45open/);
    for (const zone of ['America/New_York', 'Asia/Kolkata', 'Europe/Berlin'])
      expect([zone, await inZone(zone, timesOf)]).toEqual([zone, utc]);
  });

  it('says which zone that is, once, where it is seen without scrolling', async () => {
    await inZone('Asia/Kolkata', async (page) => {
      for (const path of ['/', '/symbols/BTCUSDT', '/pipeline', '/symbols/NONEUSDT', '/?sort=x']) {
        await page.goto(path);
        expect([path, (await page.locator('body').innerText()).match(/UTC/g)]).toEqual([path, ['UTC']]);
        await expect.poll(() => page.getByText('All times UTC').isVisible()).toBe(true);
        expect((await page.getByText('All times UTC').boundingBox())?.y).toBeLessThan(60);
      }
    });
  });
});
