import { settled } from '@tickfolio/lib/kit/settled';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { drawnLine, gapsOf } from './kit/plot.js';
import { browser, drawn, pointAt, withWindow } from './kit/window.js';

const secondMs = 1_000;
const hourMs = 3_600_000;
const minuteMs = 60 * secondMs;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const iso = (atMs: number) => new Date(atMs).toISOString();
const held = (...symbols: string[]) => Object.fromEntries(symbols.map((symbol) => [symbol, { price: '10' }]));

describe.skipIf(!browser)('the value over time', () => {
  it('is dashed while a coin had no price, and says so to the pointer and to a screen reader', async () => {
    const Points = Array.from({ length: 60 }, (_, at) => {
      const ago = 60 - at;
      return {
        Time: iso(noon - ago * minuteMs),
        Value: '100',
        ...(ago > 20 && ago <= 40 ? { Missing: ['tornusdt'] } : {}),
      };
    });
    const answers = { 'profile/value': { Range: '1h', StepSeconds: 60, Points } };
    await withWindow({ frame: frameAt(noon, held('btcusdt'), '100'), answers }, async ({ page }) => {
      await page.getByRole('button', { name: '1H', exact: true }).click();
      await page.locator('.value-panel canvas').waitFor();
      await settled(async () => {
        const line = await drawnLine(page);
        const holes = gapsOf(line).map(([from, to]) => [(from + to) / 2 / line.width, to - from]);
        expect(holes.length).toBeGreaterThan(20); // The room between the dashes.
        for (const [at = 0, width = 0] of holes) {
          expect(at).toBeGreaterThan(18 / 60);
          expect(at).toBeLessThan(41 / 60);
          expect(width).toBeLessThan(10);
        }
      });
      const label = () => page.locator('.value-panel [role=img]').getAttribute('aria-label');
      await expect.poll(label).toContain('11:19 AM – Jun 15, 2026, 11:39:00 AM UTC: without TORNUSDT, no price');
      const legend = async () => (await page.locator('.chart-legend').innerText()).replace(/\s+/g, ' ').trim();
      await expect.poll(legend).toBe('not all prices were current');
      await settled(async () => {
        await pointAt(page, '.value-panel .u-over', 0.5);
        expect(await legend()).toMatch(/100 USDT without TORNUSDT, no price$/);
      });
    });
  });
});

describe.skipIf(!browser)('a coin that takes the place of another in one frame', () => {
  it('has its last 24 hours and its change of the day, and moves as every row in sight', async () => {
    const asked = { trails: 0, day: 0 };
    const answers = {
      'profile/day-trails': () => {
        asked.trails += 1;
        const Points = Array.from({ length: 25 }, (_, at) => ({
          Time: iso(noon - (24 - at) * hourMs),
          Price: `${at}`,
        }));
        return { Simulated: false, Trails: [{ Symbol: 'solusdt', Points }] };
      },
      'profile/day': () => {
        asked.day += 1;
        return { Since: iso(noon), Opens: [] };
      },
    };
    await withWindow({ frame: frameAt(noon, held('btcusdt', 'ethusdt'), '20'), answers }, async ({ page, send }) => {
      await page.locator('[data-seen] tr[data-symbol=ethusdt]').waitFor();
      await expect.poll(() => asked).toEqual({ trails: 1, day: 1 });
      await send(frameAt(noon + secondMs, held('btcusdt', 'solusdt'), '20'));
      await page.locator('[data-seen] tr[data-symbol=solusdt]').waitFor();
      await expect.poll(() => asked).toEqual({ trails: 2, day: 2 });
      // The whole of its market, though it is held for a second.
      const line = page.locator('tr[data-symbol=solusdt] .sparkline path');
      await expect.poll(() => line.getAttribute('d')).toMatch(/^M0\.0 .*L100\.0 [\d.]+$/);
      await send(frameAt(noon + 2 * secondMs, held('solusdt', 'btcusdt'), '20'));
      await drawn(page);
      expect(asked).toEqual({ trails: 2, day: 2 });
    });
  });

  it('has the day of its picture seconds after the server has it, of which that had an hour only', async () => {
    let asked = 0;
    const trails = () => {
      asked += 1;
      const Whole = asked > 1;
      const Points = [24, 12, 0].map((ago) => ({ Time: iso(noon - ago * hourMs), Price: `${ago + 1}` }));
      return { Simulated: false, Trails: [{ Symbol: 'btcusdt', Points: Whole ? Points : Points.slice(2), Whole }] };
    };
    const answers = { 'profile/day-trails': trails };
    await withWindow({ frame: frameAt(noon, held('btcusdt'), '10'), answers }, async ({ page }) => {
      const line = page.locator('tr[data-symbol=btcusdt] .sparkline path');
      await expect.poll(() => line.getAttribute('d'), { timeout: 30_000 }).toMatch(/^M0\.0 .*L100\.0 [\d.]+$/);
    });
  });
});
