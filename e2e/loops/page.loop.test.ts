import { accessibilityFaults, startChromium } from '@tickfolio/lib/kit/chromium';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { settled } from '@tickfolio/lib/kit/settled';
import { canonical, divide, formatDecimal, parseDecimal, subtract } from '@tickfolio/lib/money';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn as signInByRest } from '../kit/client.js';
import {
  browser,
  createAccount,
  type OpenPage,
  signIn,
  startRun,
  totalMoves,
  watchSockets,
  withPage,
} from '../kit/page.js';
import { inspectPages, phone } from '../kit/page-views.js';

// The page in a real Chromium, on the all-in-one run as its users start it. Access tokens live seconds here, so every
// journey goes over their end.

const lifeSeconds = 15;
let run: Awaited<ReturnType<typeof startRun>>;
let env: Record<string, string>;
beforeAll(async () => {
  if (!browser) return;
  // The page is to find the server again where it was.
  env = {
    HTTP_PORT: String(await freePort()),
    JWT_ACCESS_TTL: `${lifeSeconds}s`,
    AUTH_RATE_LIMIT: '10000',
    LOGINS_PER_ADDRESS: '10000',
  };
  run = await startRun(env);
});
afterAll(() => run?.close());

/** The table of coins as the browser tells it to screen readers; the last cell of a row is its button. */
const tableAsRead = async (page: Page) => {
  const devTools = await page.context().newCDPSession(page);
  const { nodes } = await devTools.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const inside = (node: (typeof nodes)[number], role: string): typeof nodes =>
    (node.childIds ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? [...(child.role?.value === role ? [child] : []), ...inside(child, role)] : [];
    });
  const nameOf = (node: (typeof nodes)[number] | undefined) => String(node?.name?.value ?? '');
  const table = nodes.find(({ role }) => role?.value === 'table');
  const [head, ...rows] = table ? inside(table, 'row') : [];
  return {
    name: nameOf(table),
    columns: head ? inside(head, 'columnheader').map(nameOf) : [],
    rows: rows.map((row) => ({ coin: nameOf(inside(row, 'rowheader')[0]), cells: inside(row, 'cell').length })),
  };
};

describe.skipIf(!browser)('the page', () => {
  it('stays live over the end of its tokens, on the same socket', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({}, async ({ page }) => {
      const seen = watchSockets(page);
      await signIn(page, run.base, account);
      await page.getByTestId('total').waitFor();
      await page.waitForTimeout(lifeSeconds * 2_500);
      await totalMoves(page, 'the value still moves');
      expect([seen.opened, seen.sent > 0]).toEqual([1, true]);
    });
  });

  it('is one session in two tabs, also over the end of its tokens', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    await withPage({}, async ({ page }) => {
      await signIn(page, run.base, account);
      const other = await page.context().newPage();
      await other.goto(run.base);
      await other.getByTestId('total').waitFor();
      // Both renew, more than once, and neither ends the session by using an old token again.
      await page.waitForTimeout(lifeSeconds * 2_000);
      await totalMoves(page, 'the first tab moves');
      await totalMoves(other, 'the second tab moves');
    });
  });

  it('is left on every device when one signs out everywhere, once that is confirmed', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    const expected = /status of 401|WebSocket connection/;
    await withPage(
      {},
      async ({ page: phone }) => {
        await signIn(phone, run.base, account);
        await phone.getByTestId('total').waitFor();
        await withPage(
          {},
          async ({ page }) => {
            await signIn(page, run.base, account);
            const tab = await page.context().newPage();
            await tab.goto(run.base);
            await tab.getByTestId('total').waitFor();
            await page.getByRole('button', { name: /^Account/ }).click();
            await page.getByRole('link', { name: 'Security' }).click();
            const button = page.getByRole('button', { name: 'Sign out everywhere' });
            const dialog = page.getByRole('alertdialog', { name: 'Sign out on all devices?' });
            const hasFocus = (element: typeof button) =>
              element.evaluate((node) => node === node.ownerDocument.activeElement);
            await button.click();
            await dialog.waitFor();
            await expect.poll(() => dialog.innerText()).toContain('Every browser and device');
            expect(await accessibilityFaults(page)).toEqual([]);
            await expect.poll(() => hasFocus(dialog.getByRole('button', { name: 'Cancel' }))).toBe(true);
            await page.keyboard.press('Escape');
            await dialog.waitFor({ state: 'detached' });
            await expect.poll(() => hasFocus(button)).toBe(true);

            // Unreachable, it says so and nothing ends.
            await page.route('**/logout-everywhere', (route) => route.abort());
            await button.click();
            await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
            await expect.poll(() => dialog.getByRole('alert').innerText()).toMatch(/does not answer/);
            await page.unroute('**/logout-everywhere');
            await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
            await page.getByText('You are signed out on all devices.').waitFor();
            for (const each of [page, tab, phone]) await each.waitForURL(/sign-in/, { waitUntil: 'commit' });
            await phone.getByText('Your session ended.').waitFor();
            // Signing in again is all it takes.
            await signIn(page, run.base, account);
            await page.getByTestId('total').waitFor();
          },
          new RegExp(`${expected.source}|ERR_FAILED`),
        );
      },
      expected,
    );
  });

  it.each([
    ['dark and wide', { colorScheme: 'dark' }],
    ['light on a phone', { colorScheme: 'light', ...phone }],
    ['dark on a phone', { colorScheme: 'dark', ...phone }],
  ] as const)('has no fault that axe-core finds, %s', (_, options) => inspectPages(run.base, options));

  it('has a table for screen readers, with the rows out of sight, also where rows are drawn as grids on a phone', async () => {
    const { body } = await callJson(run.base, 'GET', '/api/v1/symbols');
    // One market of each asset: every asset has one row.
    const symbols = (body.Symbols as readonly { readonly Symbol: string; readonly QuoteAsset: string }[])
      .filter(({ QuoteAsset: quote }) => quote === 'USDT')
      .slice(0, 30)
      .map(({ Symbol: symbol }) => symbol);
    const account = await createAccount(run.base, Object.fromEntries(symbols.map((symbol) => [symbol, '1'])));
    // Of 24 hours once the archive has them of a coin.
    const change = expect.stringMatching(/^(24 h|Change)$/) as string;
    // As it is while a screen reader runs; otherwise the browser makes up only what is asked for.
    const read = await startChromium(['--force-renderer-accessibility']);
    for (const [columns, options] of [
      [['Asset', 'Price', change, 'Last 24 h', 'Quantity', 'Value', '% of total'], {}],
      [['Asset', 'Price', change, 'Value'], phone],
    ] as const) {
      const look = async ({ page }: OpenPage) => {
        await signIn(page, run.base, account);
        await page.goto(`${run.base}/portfolios/default`); // Home lists the first of them.
        await page
          .locator('tbody tr')
          .nth(symbols.length - 1)
          .waitFor();
        await settled(async () => {
          const table = await tableAsRead(page);
          expect(table).toMatchObject({ name: `Holdings ${symbols.length}`, columns });
          expect(table.rows).toHaveLength(symbols.length);
          for (const row of table.rows)
            expect(row).toEqual({ coin: expect.stringMatching(/\w/), cells: columns.length });
        });
        // Said, not left to what the browser makes of the layout.
        expect(await page.locator('.coins :is(thead, tbody, tr, th, td):not([role])').count()).toBe(0);
      };
      await withPage(options, look, undefined, read);
    }
    await read?.close();
  });

  it('cuts no price and no value off, and is no wider than the screen, from a small phone to a desk', async () => {
    const account = await createAccount(run.base, { btcusdt: '2.5', ethbtc: '2', shibusdt: '250000000' });
    await withPage({ reducedMotion: 'reduce' }, async ({ page }) => {
      await signIn(page, run.base, account);
      await page.locator('tr[data-symbol=btcusdt] .cell-value .digits').first().waitFor();
      for (const width of [320, 375, 640, 768, 801, 900, 1_024, 1_061, 1_280]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(async () => {
          const cut = await page
            .locator('.coins .cell-price, .coins .cell-value')
            .evaluateAll((cells) =>
              cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
            );
          const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          expect({ width, cut, wide }).toEqual({ width, cut: [], wide: false });
        });
      }
    });
  });

  it('counts the change of the day from the ticker of a full minute as the dashboard has it, of a coin and of the whole', async () => {
    const account = await createAccount(run.base, { btcusdt: '1' });
    const [, dashboard = ''] = await run.process.waitFor(/Dashboard\s+(http:\S+)/, 30_000);
    const person = await signInByRest(run.base, account.name, account.password);
    /** The price of 24 hours ago that the server names, and what the dashboard's file says of the ticker it is from. */
    const asked = async () => {
      await person.refresh(); // Tokens live seconds here.
      const { body } = await person.call('GET', '/api/v1/profile/day');
      const [{ Price = '0', Time = '' } = {}] = body.DayAgo as { Price?: string; Time?: string }[];
      const file = await (await fetch(`${dashboard}/symbols/BTCUSDT/tickers.csv`)).text();
      const [head = [], ...lines] = file.split('\r\n').map((line) => line.split(','));
      const told = lines.find((fields) => fields[head.indexOf('event_time')] === Time)?.[head.indexOf('open_price')];
      return { open: parseDecimal(Price), isTold: told !== undefined && canonical(told) === canonical(Price) };
    };
    await withPage({}, async ({ page }) => {
      await signIn(page, run.base, account);
      await page.getByRole('columnheader', { name: '24 h', exact: true }).waitFor({ timeout: 60_000 });
      const shown = () =>
        page.evaluate(`(() => {
          const text = (selector) => document.querySelector(selector).textContent.replaceAll('−', '-').replaceAll(',', '');
          const row = 'tr[data-symbol=btcusdt]';
          return { price: text(row + ' .cell-price .digits'), coin: text(row + ' .change [translate]'), total: text('.changes .change-part') };
        })()`) as Promise<{ readonly price: string; readonly coin: string; readonly total: string }>;
      // What was 24 hours ago moves on with every minute, and the page asks once in one.
      const same = async () => {
        const [{ price, coin, total }, { open, isTold }] = [await shown(), await asked()];
        if (open.units === 0n) return { coin: false };
        const { units, scale } = subtract(parseDecimal(price), open);
        const [whole = '0', part = ''] = formatDecimal(divide({ units: units * 100n, scale }, open, 2)).split('.');
        const text = `${units > 0n ? '+' : ''}${whole}.${part.padEnd(2, '0')} %`;
        return { coin: coin === text, total: total === text, isTold, shown: coin, expected: text };
      };
      await expect
        .poll(same, { timeout: 150_000, interval: 500 })
        .toMatchObject({ coin: true, total: true, isTold: true });
    });
  });

  // The last one: it ends the run that the others use.
  it('comes back by itself after the server was gone, and says so meanwhile', async () => {
    const account = await createAccount(run.base, { btcusdt: '1', ethusdt: '2' });
    await withPage(
      {},
      async ({ page }) => {
        await signIn(page, run.base, account);
        await page.getByTestId('total').waitFor();
        // Its script is asked for some seconds after the page; without the server the browser complains of that.
        await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
        await run.process.end('SIGTERM');
        await page.getByText('Connection lost.').waitFor();
        expect(await page.getByRole('row', { name: /Bitcoin/ }).count()).toBe(1); // What was there stays.
        const again = await startAllInOne(run.folder, env);
        run = { ...run, process: again.process, close: async () => void (await again.process.end('SIGTERM')) };
        await page.getByText('Connection lost.').waitFor({ state: 'detached', timeout: 60_000 });
        await totalMoves(page, 'the value moves again');
      },
      /WebSocket connection|Failed to load resource/,
    );
  });
});
