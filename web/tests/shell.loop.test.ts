import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const assets = ['btc', 'eth', 'sol', 'doge', 'bnb', 'xrp', 'ada', 'link', 'avax', 'dot', 'ltc', 'atom'];
const twelve = frameAt(
  noon,
  Object.fromEntries(assets.map((asset, at) => [`${asset}usdt`, { price: `${1_000 - at}.25` }])),
  '11937',
  true,
);
const points = [30, 20, 10].map((ago, at) => ({
  Time: new Date(noon - ago * 60_000).toISOString(),
  Value: `${at + 1}`,
}));
const candles = { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null };
const answers = {
  'profile/value': { Range: '24h', StepSeconds: 300, Points: points },
  'profile/day': {
    Since: '',
    Opens: [],
    DayAgo: assets.map((asset) => ({ Symbol: `${asset}usdt`, Price: '900', QuotePrice: '900' })),
  },
  'profile/basis': { At: '', Prices: [{ Symbol: 'btcusdt', Price: '500', QuotePrice: '500' }] },
  'coins/btcusdt/candles': candles,
};
const routes = [
  ...['/', '/portfolios', '/portfolios/default', '/portfolios/p-paper', '/portfolios/p-paper/settings'],
  ...['/markets', '/assets/BTC'],
  ...['/settings/profile', '/settings/security', '/settings/display'],
];
const gates = ['/welcome', '/sign-in', '/sign-up', '/recover'];
const phone = { width: 390, height: 844 };

/** How many elements of a selector lie in the first screen as a whole. */
const wholeInSight = (page: Page, selector: string) =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].filter((element) => {
    const { top, bottom, height } = element.getBoundingClientRect();
    const bar = document.querySelector('.phone-bar').getBoundingClientRect();
    return height > 0 && top >= 0 && bottom <= (bar.height > 0 ? bar.top : innerHeight);
  }).length`) as Promise<number>;

describe.skipIf(!browser)('the first screen', () => {
  it('shows eight holdings on a small computer, and total, change and three holdings on a phone', async () => {
    await withWindow({ frame: twelve, answers }, async ({ page }) => {
      await page.locator('.value-panel canvas').waitFor();
      await settled(async () => expect(await wholeInSight(page, 'tr[data-symbol]')).toBeGreaterThanOrEqual(8));
    });
    await withWindow({ frame: twelve, answers, viewport: phone }, async ({ page }) => {
      await page.locator('.value-panel canvas').waitFor();
      await settled(async () => {
        expect(await wholeInSight(page, '.total-value, .changes dd')).toBeGreaterThanOrEqual(2);
        expect(await wholeInSight(page, 'tr[data-symbol]')).toBeGreaterThanOrEqual(3);
      });
    });
  });
});

describe.skipIf(!browser)('who is not signed in', () => {
  it('and opens the page without an address sees first what it is, and is led back to a deeper one', async () => {
    await withWindow({ frame: twelve, signedIn: false, answers }, async ({ page }) => {
      await page.waitForURL(`${origin}/welcome`);
      await page.goto(`${origin}/portfolios/default?sort=name`);
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('Password', { exact: true }).fill('correct horse');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator('tr[data-asset=BTC]').waitFor();
      expect(page.url()).toBe(`${origin}/portfolios/default?sort=name`);
    });
  });

  it('sees a portfolio move before making an account, in the language and theme of the own choice', async () => {
    await withWindow({ frame: twelve, signedIn: false, path: '/welcome', answers }, async ({ page, send }) => {
      const total = page.getByTestId('demo-total');
      await expect.poll(() => total.innerText()).toContain('11,937.00');
      await send({ ...frameAt(noon + 1_000, { ethusdt: { price: '3548.3' } }, '12000'), Simulated: true });
      await expect.poll(() => total.innerText()).toContain('12,000.00');
      // In the steps of its market, so that its digits stay in their places.
      await page.locator('.demo-rows').getByText('3,548.30').first().waitFor();
      await page.getByText('Simulated', { exact: true }).waitFor();
      await page.getByLabel('Appearance').selectOption('dark');
      await page.getByLabel('Language').selectOption('de');
      await page.getByRole('link', { name: 'Konto anlegen' }).waitFor();
      await settled(async () => expect(await accessibilityFaults(page)).toEqual([]));
      await page.reload();
      await page.getByRole('link', { name: 'Anmelden' }).click();
      await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
      await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    });
  });
});

describe.skipIf(!browser)('the navigation', () => {
  it('leads everywhere from the rail and from the bar of a phone, says where one is, and folds for good', async () => {
    await withWindow({ frame: twelve, answers }, async ({ page, openTab }) => {
      const rail = page.getByRole('navigation', { name: 'Pages', exact: true });
      for (const [name, path] of [
        ['Markets', '/markets'],
        ['Portfolio', '/portfolios/default'],
        ['Settings', '/settings/profile'],
        ['Home', '/'],
      ] as const) {
        await rail.getByRole('link', { name, exact: true }).click();
        await page.waitForURL(origin + path);
        await expect.poll(() => rail.locator('.place[aria-current=page]').innerText()).toBe(name);
      }
      await rail.getByRole('button', { name: 'Fold navigation' }).click();
      await settled(async () => expect((await rail.boundingBox())?.width).toBe(60));
      const tab = await openTab('/markets');
      await tab.getByRole('heading', { name: 'Markets' }).waitFor();
      expect((await tab.getByRole('navigation', { name: 'Pages', exact: true }).boundingBox())?.width).toBe(60);
    });
    await withWindow({ frame: twelve, answers, viewport: phone }, async ({ page }) => {
      const bar = page.locator('.phone-bar');
      await bar.getByRole('link', { name: 'Markets' }).click();
      await page.getByRole('heading', { name: 'Markets' }).waitFor();
      await bar.getByRole('button', { name: 'More' }).click();
      await bar.getByText('Amounts in', { exact: true }).waitFor();
      await bar.getByRole('link', { name: 'Display' }).click();
      await page.getByRole('heading', { name: 'Display' }).waitFor();
      expect(await bar.getByRole('link', { name: 'Display' }).count()).toBe(0);
      await bar.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    });
  });

  it('has the whole names of its places on the narrowest phones', async () => {
    for (const locale of ['en-US', 'de-DE'])
      await withWindow({ frame: twelve, answers, locale, viewport: { width: 280, height: 650 } }, async ({ page }) => {
        await page.locator('.phone-bar .place-name').first().waitFor();
        const cut = `[...document.querySelectorAll('.phone-bar .place-name')].filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)`;
        await settled(async () => expect([locale, await page.evaluate(cut)]).toEqual([locale, []]));
      });
  });

  it('marks the place that one came from while one looks at an asset, and leads back there as one left it', async () => {
    await withWindow({ frame: twelve, answers, path: '/portfolios/default?sort=name' }, async ({ page }) => {
      const marked = page.locator('.rail .place[aria-current=page]');
      await page.getByRole('heading', { name: 'Portfolio' }).waitFor();
      await expect.poll(() => page.locator('.portfolio-head').innerText()).toContain('11,937.00 USDT');
      await page.locator('tr[data-symbol=btcusdt]').getByRole('link').click();
      await page.getByRole('heading', { name: 'Bitcoin BTC' }).waitFor();
      expect([await marked.innerText(), await page.locator('.back-link').innerText()]).toEqual([
        'Portfolio',
        '← Portfolio',
      ]);
      await page.locator('.back-link').click();
      await page.waitForURL(`${origin}/portfolios/default?sort=name`);
      // Who opens it first of all comes from nowhere.
      await page.goto(`${origin}/assets/BTC`);
      await page.locator('.back-link').getByText('Markets').waitFor();
      await expect.poll(() => marked.innerText()).toBe('Markets');
    });
  });

  it('still opens the addresses that people kept from before, and those whose end was cut off', async () => {
    await withWindow({ frame: twelve, answers, path: '/coins/btcusdt?from=mail' }, async ({ page }) => {
      await page.waitForURL(`${origin}/assets/BTC?from=mail`);
      for (const [written, meant] of [
        ['/account', '/settings/profile'],
        ['/settings/', '/settings/profile'],
        ['/assets', '/markets'],
      ] as const) {
        await page.goto(origin + written);
        await page.waitForURL(origin + meant);
      }
      // The server takes the slash off; without a network the page does with it.
      await page.goto(`${origin}/settings/display/`);
      await page.getByRole('heading', { name: 'Display' }).waitFor();
      // What is written wrongly there is as good as not written.
      for (const [written, shown] of [
        ['/markets?sort=value&q=true&columns=5', '.market-table tbody tr'],
        ['/portfolios/default?sort=1&find=true', 'tr[data-asset=BTC]'],
        ['/?sort=1&find=true&range=3', 'tr[data-asset=BTC]'],
        ['/assets/BTC?market=5&tab=1', '.asset-tabs [aria-pressed=true]'],
      ] as const) {
        await page.goto(origin + written);
        await page.locator(shown).first().waitFor();
      }
    });
  });
});

describe.skipIf(!browser)('who uses the keyboard alone', () => {
  it('searches, goes, adds, hides amounts and finds the list of keys, and types all of these into fields', async () => {
    await withWindow({ frame: twelve, answers }, async ({ page }) => {
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('/');
      const search = page.getByRole('combobox', { name: 'Search assets, pages, actions' });
      await search.fill('bitc');
      await page
        .getByRole('option', { name: /Bitcoin/ })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(`${origin}/assets/BTC`);
      for (const [keys, path] of [
        ['gm', '/markets'],
        ['gp', '/portfolios/default'],
        ['gh', '/'],
      ] as const) {
        await page.keyboard.type(keys);
        await page.waitForURL(origin + path);
      }
      await page.keyboard.press('/');
      await search.fill('docs');
      await page.getByRole('option', { name: 'Documentation: REST and WebSocket' }).waitFor();
      await page.getByRole('option', { name: 'Documentation: guide' }).click();
      await page.waitForURL(`${origin}/docs/guide`);
      await page.goBack();
      await page.getByTestId('total').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('Hide or show amounts').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('n');
      await page.getByRole('combobox', { name: 'Search an asset' }).pressSequentially('n/.?gh');
      await expect.poll(() => page.getByRole('combobox', { name: 'Search an asset' }).inputValue()).toBe('n/.?gh');
      expect(page.url()).toBe(`${origin}/`);
    });
  });
  it('can switch single keys off', async () => {
    await withWindow({ frame: twelve, answers, path: '/settings/display' }, async ({ page }) => {
      await page.getByLabel('Single keys do something').uncheck();
      await page.getByRole('heading', { name: 'Display' }).click();
      await page.keyboard.type('/n');
      expect(await page.getByRole('dialog').count()).toBe(0);
      await page.getByLabel('Single keys do something').check();
      await page.getByRole('heading', { name: 'Display' }).click();
      await page.keyboard.press('n');
      await page.getByRole('dialog').waitFor();
    });
  });
});

describe.skipIf(!browser)('who is looked over the shoulder', () => {
  it('hides every amount at once, the title of the tab too, and goes on seeing prices and percentages', async () => {
    await withWindow({ frame: twelve, answers }, async ({ page }) => {
      await page.locator('.value-panel canvas').waitFor();
      await expect.poll(() => page.title()).toContain('11,937.00');
      await page.keyboard.press('.');
      await expect.poll(() => page.title()).toBe('Home · tickfolio');
      const shown = await page.locator('#page').innerText();
      expect(shown).not.toMatch(/11,937|11937/);
      await expect.poll(() => page.locator('tr[data-symbol=btcusdt] .cell-value').innerText()).toBe('•••');
      await expect.poll(() => page.locator('tr[data-symbol=btcusdt] .cell-quantity').innerText()).toBe('•••');
      await expect.poll(() => page.locator('tr[data-symbol=btcusdt] .cell-price').innerText()).toBe('1,000.25');
      await expect.poll(() => page.locator('tr[data-symbol=btcusdt] .cell-change').innerText()).toContain('+11.14 %');
      await page.reload();
      await page.getByTestId('total').waitFor();
      expect(await page.getByTestId('total').innerText()).not.toContain('11,937');
      await page.getByRole('button', { name: 'Hide amounts' }).click();
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('11,937.00');
    });
  });
});

describe.skipIf(!browser)('the header', () => {
  it('counts all changes of a screen from one moment, and tells which prices are old', async () => {
    const old = {
      ...twelve,
      Coins: twelve.Coins.map((coin, at) => (at === 3 ? { ...coin, Stale: true, PriceState: 'old' as const } : coin)),
    };
    await withWindow({ frame: old, answers }, async ({ page }) => {
      const change = page.locator('tr[data-symbol=btcusdt] .cell-change');
      await expect.poll(() => change.innerText()).toContain('+11.14 %');
      await page.getByLabel('Changes since').selectOption('7d');
      await expect.poll(() => change.innerText()).toContain('+100.05 %');
      await expect.poll(() => page.locator('.changes dt').first().innerText()).toMatch(/^7 days/);
      await page.getByRole('button', { name: '1 old price' }).click();
      await page.locator('.old-prices').getByText('Dogecoin').waitFor();
      // Of when it is stands beside it, and in its row.
      for (const tag of ['.old-prices .tag', 'tr[data-symbol=dogeusdt] .tag'])
        expect(await page.locator(tag).innerText()).toBe('old price, Jun 15');
      // What was chosen is kept.
      await page.reload();
      await expect.poll(() => page.getByLabel('Changes since').inputValue()).toBe('7d');
    });
  });
  it('shows the total in another currency, marked, where something of it is held', async () => {
    await withWindow({ frame: twelve, answers }, async ({ page }) => {
      await page.getByLabel('Amounts in').selectOption('BTC');
      // 11937 / 1000.25
      await expect.poll(() => page.locator('.total-converted').innerText()).toBe('≈ 11.93 BTC');
      expect(await page.getByLabel('Amounts in').locator('option').allInnerTexts()).not.toContain('EUR ≈');
    });
  });
});

describe.skipIf(!browser)('a narrow phone', () => {
  it('has a round dot, and the prices of its rows begin where their signs and names do', async () => {
    await withWindow({ frame: twelve, answers, viewport: { width: 280, height: 800 } }, async ({ page }) => {
      const box = async (selector: string) => await page.locator(selector).first().boundingBox();
      await page.locator('tr[data-symbol=btcusdt] .cell-price .digits').waitFor();
      await settled(async () => {
        for (const dot of ['.freshness-dot .pulse', '.total .pulse']) {
          const { width = 0, height } = (await box(dot)) ?? {};
          expect([dot, width]).toEqual([dot, height]);
        }
      });
      const textLeft = (selector: string) =>
        page
          .locator(selector)
          .first()
          .evaluate((element) => {
            const range = element.ownerDocument.createRange();
            range.selectNodeContents(element);
            return Math.round(range.getBoundingClientRect().left);
          });
      for (const [width, above] of [
        [280, '.coin-name'],
        [390, '.badge'],
        [600, '.coin-name'],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        const row = 'tr[data-symbol=btcusdt]';
        await settled(async () => {
          const left = above === '.badge' ? (await box(`${row} .badge`))?.x : await textLeft(`${row} ${above}`);
          expect([width, await textLeft(`${row} .cell-price .digits`)]).toEqual([width, left]);
        });
      }
    });
  });
});

describe.skipIf(!browser)('targets', () => {
  it('have room for a finger where there are fingers', async () => {
    const touch = { frame: twelve, answers, viewport: phone, hasTouch: true, isMobile: true };
    const small = `[...document.querySelectorAll('a, button, select, input, .choices label')].filter((element) => {
      if (element.matches('.skip, .choices input, .switch input') || !element.checkVisibility()) return false;
      const { width, height } = element.getBoundingClientRect();
      return width < 44 || height < 43.5;
    }).map((element) => element.outerHTML.slice(0, 90))`;
    for (const [signedIn, paths] of [
      [true, routes],
      [false, gates],
    ] as const)
      await withWindow({ ...touch, signedIn, path: paths[0] ?? '/' }, async ({ page }) => {
        for (const path of paths) {
          await page.goto(origin + path);
          await page.locator('h1').first().waitFor({ state: 'attached' });
          await settled(async () => expect([path, await page.evaluate(small)]).toEqual([path, []]));
        }
      });
  });
});
