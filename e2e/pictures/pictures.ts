import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsFolder } from '@tickfolio/bff/app';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { browser, createAccount, exactTotal, signIn, withPage } from '../kit/page.js';

// The README's pictures of the page, by `npm run screenshots`: a portfolio with a day behind it, in both themes.

const pictures = join(projectRoot, 'web/screenshots');
const coins = {
  btcusdt: '1.25',
  ethusdt: '14.5',
  solusdt: '160',
  linkusdt: '620.75',
  adausdt: '9500',
  dogeusdt: '18000',
  ltcusdt: '30',
};
const minuteMs = 60_000;
const dayMinutes = 1_440;

/** A day of wandering that ends at `last`, oldest first. */
const wander = (last: number, count: number, size: number, random: () => number): number[] => {
  const backwards = [last];
  for (let at = 1; at < count; at++) backwards.push((backwards.at(-1) ?? last) * (1 + (random() - 0.494) * size));
  return backwards.reverse();
};

/** Writes the day before into the stores of a run that has ended. */
const writeHistory = async (folder: string, name: string, total: number, prices: ReadonlyMap<string, number>) => {
  const random = createRandom('pictures');
  const [clock, log] = [systemClock, silentLogger()];
  const now = Math.floor(clock.now() / minuteMs) * minuteMs;
  const engine = await openPgliteEngine({ folder: join(folder, 'databases'), log, clock });
  const postgres = await engine.database({ schema: 'profile_db', migrationsFolder });
  const values = wander(total, dayMinutes, 0.0024, random);
  for (const [at, value] of values.entries()) {
    const minute = new Date(now - (dayMinutes - 1 - at) * minuteMs).toISOString();
    await postgres.db.execute(
      sql`insert into portfolio_values (user_id, minute, value, simulated) select id, ${minute}::timestamptz, ${value.toFixed(8)}::numeric, true from profiles where name = ${name} on conflict do nothing`,
    );
  }
  const today = new Date(now).toISOString().slice(0, 10);
  for (const [symbol, price] of prices) {
    const open = (price * (1 - 0.004 + random() * 0.02 - 0.008)).toFixed(4);
    await postgres.db.execute(
      sql`insert into day_opens (day, symbol, price, simulated, recorded_at) values (${today}::date, ${symbol}, ${open}::numeric, true, ${today}::timestamptz) on conflict (day, simulated, symbol) do update set price = excluded.price, recorded_at = excluded.recorded_at`,
    );
  }
  await engine.close();

  const clickhouse = await openChdbClickHouse({ path: join(folder, 'clickhouse-simulated'), clock, log });
  const perMinute = 12;
  for (const [symbol, price] of prices) {
    const closes = wander(price, 360 * perMinute, 0.0007, random);
    const rows = closes.map((close, at) => {
      const time = new Date(now - (closes.length - at) * (minuteMs / perMinute))
        .toISOString()
        .replace('T', ' ')
        .replace('Z', '');
      return [
        `picture-${symbol}-${at}`,
        '24hrMiniTicker',
        time,
        time,
        symbol.toUpperCase(),
        close.toFixed(price < 10 ? 4 : 2),
      ];
    });
    const columns = ['message_id', 'event_type', 'event_time', 'receive_time', 'symbol', 'close_price'];
    await clickhouse.insert('crypto.market_tickers_rows', columns, rows);
  }
  await clickhouse.close();
};

const take = async (page: Page, name: string) => {
  await page.mouse.move(2, 2); // Off the chart, which would point something out.
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
};

it('takes the pictures', async () => {
  expect(browser, 'Chromium is needed').toBeDefined();
  await mkdir(pictures, { recursive: true });
  const folder = await temporaryFolder();
  let run = await startAllInOne(folder.path);
  const account = await createAccount(run.base, coins, 'maria');
  const prices = new Map<string, number>();
  let total = 0;
  await withPage({}, async ({ page }) => {
    await signIn(page, run.base, account);
    await page.locator('tbody tr').nth(6).waitFor();
    await page.waitForTimeout(3_000);
    total = Number(await exactTotal(page));
    for (const symbol of Object.keys(coins)) {
      const text = await page.locator(`[data-symbol=${symbol}] .cell-price .digits`).innerText();
      prices.set(symbol, Number(text.replaceAll(',', '')));
    }
  });
  await run.process.end('SIGTERM');
  await writeHistory(folder.path, account.name, total, prices);
  run = await startAllInOne(folder.path);
  const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      await withPage({ colorScheme, viewport: { width: 1240, height: 1080 } }, async ({ page }) => {
        await signIn(page, run.base, account);
        await page.locator('.value-panel canvas').first().waitFor();
        await take(page, `portfolio-${colorScheme}`);
        await page.getByRole('button', { name: 'Add coin' }).click();
        await page.getByRole('combobox', { name: 'Search a coin' }).fill('bit');
        await page.getByRole('listbox').getByRole('option').first().waitFor();
        await take(page, `add-${colorScheme}`);
        await page.goto(`${run.base}/assets/BTC`);
        await page.locator('.coin-chart canvas').first().waitFor();
        await page.setViewportSize({ width: 1240, height: 860 });
        await take(page, `coin-${colorScheme}`);
      });
      await withPage({ colorScheme, ...phone }, async ({ page }) => {
        await signIn(page, run.base, account);
        await page.locator('.value-panel canvas').first().waitFor();
        await take(page, `phone-${colorScheme}`);
      });
    }
  } finally {
    await run.process.end('SIGTERM');
    await folder.remove();
  }
});
