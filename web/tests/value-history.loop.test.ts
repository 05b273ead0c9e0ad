import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt, frameAt } from './kit/frame.js';
import { drawnLine, gapsOf } from './kit/plot.js';
import { browser, drawn, origin, pointAt, withWindow } from './kit/window.js';

const minuteMs = 60_000;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const iso = (atMs: number) => new Date(atMs).toISOString();
const young = {
  Range: '24h',
  StepSeconds: 60,
  Points: [5, 4, 3, 2, 1].map((ago) => ({ Time: iso(noon - ago * minuteMs), Value: `10${ago}` })),
};
const heldDay = {
  Range: '24h',
  StepSeconds: 300,
  Simulated: false,
  Points: Array.from({ length: 288 }, (_, at) => ({
    Time: iso(noon - (288 - at) * 5 * minuteMs),
    Value: `9${at % 9}.25`,
  })),
  Left: [],
};
const words = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replace(/\s+/g, ' ').trim();

const hourMs = 60 * minuteMs;
const dayOf = (untilMs: number) => ({
  ...{ Range: '24h', StepSeconds: 300 },
  Points: Array.from({ length: 288 }, (_, at) => ({ Time: iso(untilMs - (288 - at) * 5 * minuteMs), Value: '100' })),
});

describe.skipIf(!browser)('the value over time', () => {
  it('says since when it is old by the clock of the server, on a computer whose own is an hour slow', async () => {
    const answers = { 'profile/value': dayOf(noon + hourMs) };
    const frame = bitcoinAt(noon + hourMs, '100');
    await withWindow({ frame, answers, expected: /503/ }, async ({ page, answer }) => {
      await page.clock.install({ time: noon });
      await page.reload();
      await page.locator('.value-panel canvas').waitFor();
      answer({ 'profile/value': undefined });
      await page.clock.runFor(90_000);
      await page.getByText(/^Not brought up to date since (12:5\d|1:00) PM\.$/).waitFor();
    });
  });

  it('does not say of a night in which the computer slept that nothing was recorded', async () => {
    let isReading = false;
    const releases: (() => void)[] = [];
    const morning = noon + 8 * hourMs;
    const answers = {
      'profile/value': async () => {
        if (!isReading) return dayOf(noon);
        await new Promise<void>((go) => void releases.push(go));
        return dayOf(morning);
      },
    };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers }, async ({ page, send }) => {
      await page.clock.install({ time: noon });
      await page.reload();
      await page.locator('.value-panel canvas').waitFor();
      await page.clock.runFor(1_000);
      isReading = true;
      await page.clock.fastForward(8 * hourMs);
      await send(bitcoinAt(morning, '105'));
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('105');
      expect(await page.getByText('not recorded').count()).toBe(0);
      await expect.poll(() => releases.length).toBeGreaterThan(0);
      for (const release of releases) release();
      await page.clock.runFor(1_000);
      await expect.poll(() => page.locator('.value-panel [role=img]').getAttribute('aria-label')).toContain('105');
      expect(await page.getByText('not recorded').count()).toBe(0);
    });
  });
});

describe.skipIf(!browser)('the value of a portfolio that is five minutes old', () => {
  it('has the day before, dotted and said to be no record, and its exact values under the pointer', async () => {
    const answers = { 'profile/value': young, 'profile/value/held': { ...heldDay, Left: ['newusdt'] } };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers }, async ({ page }) => {
      await page.locator('.value-panel canvas').waitFor();
      const named = 'what you hold now, at the prices of then, without NEWUSDT, no price';
      await expect.poll(() => words(page, '.chart-legend')).toBe(named);
      await settled(async () => {
        await pointAt(page, '.value-panel .u-over', 0.5);
        expect(await words(page, '.chart-legend')).toMatch(
          /^Jun (14|15), 2026, 1[12]:[05]\d:00 [AP]M UTC 9\d\.25 USDT what you hold now, at the prices of then, /,
        );
      });
      // The line of the record is as short as that is.
      await settled(async () => {
        const line = await drawnLine(page);
        const [[from, to] = [1, 0]] = gapsOf(line);
        expect([from, (to ?? 0) / line.width > 0.98]).toEqual([0, true]);
      });
      const label = await page.locator('.value-panel [role=img]').getAttribute('aria-label');
      expect(label).toContain('Before Jun 15, 2026, 11:55:00 AM UTC nothing is recorded');
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  });

  it('says why where the prices of before cannot be read, tries again when asked, and is drawn as soon as they are there', async () => {
    const answers = { 'profile/value': { ...young, Points: [] }, 'profile/value/held': undefined };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, expected: /503/ }, async ({ page, answer }) => {
      await page.getByText('The prices of before the record cannot be read at the moment.').waitFor();
      answer({ 'profile/value/held': heldDay });
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.value-panel canvas').waitFor();
      await expect.poll(() => words(page, '.chart-legend')).toBe('what you hold now, at the prices of then');
    });
  });

  it('stays while the prices of before are asked for again and again, and after a change of what is held', async () => {
    let asked = 0;
    const held = () => {
      asked += 1;
      return undefined;
    };
    const answers = { 'profile/value': young, 'profile/value/held': held };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, expected: /503/ }, async ({ page, send }) => {
      await page.clock.install({ time: noon });
      await page.reload();
      await page.clock.runFor(6_000);
      await page.locator('.value-panel canvas').waitFor();
      await page.getByText('The prices of before the record cannot be read at the moment.').waitFor();
      await page.evaluate(`(() => {
        window.bare = 0;
        new MutationObserver(() => { if (!document.querySelector('.value-panel canvas')) window.bare += 1; })
          .observe(document.getElementById('page'), { subtree: true, childList: true });
      })()`);
      const before = asked;
      for (let second = 0; second < 70; second++) {
        await page.clock.runFor(1_000);
        await drawn(page);
      }
      expect(asked).toBeGreaterThanOrEqual(before + 3);
      await send(frameAt(noon + 70_000, { btcusdt: { price: '100' }, ethusdt: { price: '50' } }, '150'));
      await page.clock.runFor(1_000);
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('150');
      await page.clock.runFor(5_000);
      await drawn(page);
      expect(await page.evaluate('window.bare')).toBe(0);
      await expect
        .poll(() => page.getByText('The prices of before the record cannot be read at the moment.').count())
        .toBe(1);
    });
  });

  it('draws nothing of what was held before under the name of what is held now', async () => {
    const releases: (() => void)[] = [];
    let asked = 0;
    const held = async () => {
      asked += 1;
      if (asked > 1) await new Promise<void>((go) => void releases.push(go));
      return heldDay;
    };
    const answers = { 'profile/value': young, 'profile/value/held': held };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers }, async ({ page, send }) => {
      await expect.poll(() => words(page, '.chart-legend')).toBe('what you hold now, at the prices of then');
      const both = { btcusdt: { price: '100' }, ethusdt: { price: '50' } };
      await send(frameAt(noon + 1_000, both, '150'));
      await expect.poll(() => words(page, '.chart-legend')).toBe('not recorded');
      for (const release of releases) release();
      await expect.poll(() => words(page, '.chart-legend')).toBe('what you hold now, at the prices of then');
    });
  });

  it('shows the range that stands in the address, and writes the one that is chosen there', async () => {
    const asked: string[] = [];
    const answers = {
      'profile/value': (search: string) => {
        asked.push(search);
        return young;
      },
    };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, path: '/?range=1w' }, async ({ page }) => {
      const pressed = () => page.locator('.ranges [aria-pressed=true]').innerText();
      await page.locator('.value-panel canvas').waitFor();
      expect(await pressed()).toBe('1W');
      await page.getByRole('button', { name: 'YTD', exact: true }).click();
      await expect.poll(() => page.url()).toBe(`${origin}/?range=ytd`);
      await page.getByRole('button', { name: 'All', exact: true }).click();
      await expect.poll(() => asked).toEqual(['?range=7d', '?range=1y', '?range=all']);
      await page.getByRole('button', { name: '1D', exact: true }).click();
      await expect.poll(() => page.url()).toBe(`${origin}/`);
    });
  });
});
