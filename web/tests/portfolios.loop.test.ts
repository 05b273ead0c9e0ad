import { closeCodes } from '@tickfolio/api/close-codes';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { button, dialog, ofNoon as frame, second } from './kit/portfolio-pages.js';
import { balancesOf, createPortfolioServer, portfolioOf, usualPortfolios } from './kit/portfolios.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const phone = { width: 390, height: 844 };
const isTooWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth');
/** What sticks out of the window, in words; nothing where none of it can be scrolled to. */
const tooWide = async (page: Page) =>
  (await isTooWide(page))
    ? page.evaluate(
        `[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 90))`,
      )
    : [];

describe.skipIf(!browser)('the switcher', () => {
  it('leads from one portfolio to another by keyboard, names the one that is shown, and says which is paper money', async () => {
    const { answers } = createPortfolioServer([second]);
    await withWindow({ frame, answers }, async ({ page }) => {
      const opener = page.locator('.top').getByRole('button', { name: /Choose a portfolio/ });
      await opener.press('Enter');
      const links = page.locator('.top .places a');
      await expect
        .poll(() => links.allInnerTexts())
        .toEqual([
          'Everything you own',
          'Portfolio',
          expect.stringMatching(/^Paper\s+Paper money$/),
          expect.stringMatching(/^Second try\s/),
        ]);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${origin}/portfolios/p-paper`);
      await page.getByRole('heading', { name: 'Paper', exact: true }).waitFor();
      await expect.poll(() => opener.innerText()).toMatch(/^Paper\s+▾$/);
      await opener.click();
      await expect.poll(() => page.locator('.top .places a[aria-current=page]').innerText()).toMatch(/^Paper\s/);
      await page.keyboard.press('Escape');
      await opener.click();
      await page.locator('.top').getByRole('link', { name: 'All portfolios' }).click();
      await page.waitForURL(`${origin}/portfolios`);
      await expect.poll(() => page.locator('.rail .place[aria-current=page]').innerText()).toBe('Portfolio');
    });
  });

  it('stands above the holdings on a phone', async () => {
    await withWindow({ frame, path: '/portfolios/default', viewport: phone }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      await page.locator('.portfolio-bar').getByRole('button', { name: 'Portfolio: Choose a portfolio' }).click();
      await page
        .locator('.portfolio-bar')
        .getByRole('link', { name: /^Paper/ })
        .click();
      await page.locator('tr[data-asset=USDT]').waitFor();
      expect(await isTooWide(page)).toBe(false);
    });
  });

  it('says that portfolios cannot be reached, while everything else can', async () => {
    const answers = { portfolios: undefined };
    await withWindow({ frame, answers, expected: /503/ }, async ({ page, answer }) => {
      await page
        .locator('.top')
        .getByRole('button', { name: /Choose a portfolio/ })
        .click();
      await page.getByText('Portfolios cannot be reached at the moment.').waitFor();
      await page.locator('tr[data-asset=BTC]').waitFor();
      // It goes on by itself once they can.
      answer(usualPortfolios);
      await page.locator('.top .places').getByRole('link', { name: 'Portfolio', exact: true }).waitFor();
    });
  });
});

describe.skipIf(!browser)('what is said of portfolios', () => {
  it('names those that nobody named in the reader’s language, and says on a phone who is signed in', async () => {
    const { answers } = createPortfolioServer([second]);
    await withWindow({ frame, answers, locale: 'de-DE', path: '/portfolios', viewport: phone }, async ({ page }) => {
      await expect
        .poll(() => page.locator('.portfolio-card h2').allInnerTexts())
        .toEqual(['Alles, was du besitzt', 'Portfolio', 'Spielgeld', 'Second try']);
      await expect.poll(() => page.locator('.portfolio-card').first().innerText()).toContain('21.937');
      expect(await page.getByRole('link', { name: 'Alles, was du besitzt' }).first().getAttribute('href')).toBe(
        '/portfolios/all',
      );
      await page.getByRole('link', { name: 'Spielgeld' }).click();
      await page.getByRole('heading', { name: 'Spielgeld' }).waitFor();
      await page.getByRole('link', { name: 'Einstellungen' }).first().click();
      await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Spielgeld');
      await page.locator('.phone-more').getByRole('button').click();
      await page.locator('.phone-more .who-name').getByText('maria').waitFor();
    });
  });

  it('is the shape of a page while its file is on its way', async () => {
    await withWindow({ frame }, async ({ page }) => {
      let comes = () => {};
      const isThere = new Promise<void>((resolve) => (comes = resolve));
      await page.route(/markets-page-[\w-]+\.js/, async (route) => {
        await isThere;
        await route.fallback();
      });
      await page.goto(`${origin}/markets`);
      await page.locator('main .skeleton:visible').first().waitFor();
      comes();
      await page.locator('.market-row').first().waitFor();
      expect(await page.locator('main .skeleton').count()).toBe(0);
    });
  });
});

describe.skipIf(!browser)('while portfolios are on their way', () => {
  const topsOf = (page: Page, ...places: string[]) =>
    Promise.all(places.map(async (place) => (await page.locator(`${place}:visible`).first().boundingBox())?.y));

  it.each([
    ['/portfolios/p-paper', '.portfolio-bone', '.balances'],
    ['/portfolios', '.portfolio-cards .bone', '.portfolio-card h2'],
  ])('%s says so after a moment, and what comes stands where its shape stood', async (path, bone, found) => {
    for (const viewport of [phone, { width: 1_280, height: 900 }]) {
      let come = () => {};
      const isThere = new Promise<void>((resolve) => (come = resolve));
      const late = (answer: unknown) => async () => {
        await isThere;
        return answer;
      };
      const { portfolios, 'portfolios/p-paper': one } = usualPortfolios;
      const answers = { portfolios: late(portfolios('')), 'portfolios/p-paper': late(one) };
      await withWindow({ frame, answers, path, viewport }, async ({ page }) => {
        await page.locator('.bones-in .bone-words:visible').first().waitFor();
        const [before = 0] = await topsOf(page, bone);
        come();
        await page.locator(found).first().waitFor();
        const card = found.endsWith('h2') ? '.portfolio-card' : found;
        await expect.poll(async () => Math.abs(((await topsOf(page, card))[0] ?? 0) - before)).toBeLessThanOrEqual(4);
        await expect.poll(() => page.locator('main').getByText('One moment').count()).toBe(0);
      });
    }
  });
});

describe.skipIf(!browser)('while portfolios cannot be reached', () => {
  const again = (page: Page, path: RegExp) => page.waitForResponse(path);

  it('their page says so for as long as that is, and the focus stays where it is while they are asked for again', async () => {
    const answers = { portfolios: undefined };
    await withWindow({ frame, answers, path: '/portfolios', expected: /503/ }, async ({ page }) => {
      await page.getByRole('alert').getByText('Portfolios cannot be reached').waitFor();
      await button(page, 'Try again').focus();
      await again(page, /\/portfolios\?/);
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Try again');
    });
  });

  it('say on the card of what is live why it is not, and not that it is on its way', async () => {
    await withWindow({ path: '/portfolios', expected: /503/ }, async ({ page, cut }) => {
      const refused = async () => {
        await cut(undefined, closeCodes.tooMany);
        return page.locator('.portfolio-card').nth(1).innerText();
      };
      await expect.poll(refused).toContain('Too many open windows for this account');
    });
  });

  it('what was typed into the settings of one stays there', async () => {
    const { answers } = createPortfolioServer([second]);
    const away = { ...answers, 'portfolios/p-second': undefined };
    await withWindow({ frame, answers: away, path: '/portfolios', expected: /503/ }, async ({ page }) => {
      await page.getByRole('link', { name: 'Second try' }).first().click();
      await page.locator('.portfolio-bar').getByRole('link', { name: 'Settings' }).click();
      await page.getByLabel('Name').fill('Third try');
      for (let time = 0; time < 4; time++) await again(page, /\/p-second$/);
      await page.waitForTimeout(500);
      await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Third try');
    });
  });
});

describe.skipIf(!browser)('an address of a portfolio', () => {
  it('that is nobody’s or another user’s leads nowhere, and that of the default one to its page', async () => {
    const { answers } = createPortfolioServer([]);
    await withWindow({ frame, answers, path: '/portfolios/p-nobody', expected: /404/ }, async ({ page }) => {
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
      await page.goto(`${origin}/portfolios/p-nobody/settings`);
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
      await page.goto(`${origin}/portfolios/p-own`);
      await page.waitForURL(`${origin}/portfolios/default`);
      await page.locator('tr[data-asset=BTC]').waitFor();
    });
  });
});

describe.skipIf(!browser)('who has nothing yet', () => {
  it('is led on from Home: to adding, to paper money, and to the markets', async () => {
    await withWindow({ frame: frameAt(noon, {}, '0') }, async ({ page }) => {
      await page.getByRole('button', { name: 'Add asset' }).waitFor();
      await page.getByRole('link', { name: 'Or look around with paper money' }).click();
      await page.waitForURL(`${origin}/portfolios/p-paper`);
      await page.locator('tr[data-asset=USDT]').getByText('Cash').waitFor();
      await page.goto(`${origin}/portfolios/default`);
      await page.getByRole('link', { name: 'See the markets' }).click();
      await page.waitForURL(`${origin}/markets`);
    });
  });
  it('is told what to do with a portfolio that is empty', async () => {
    const tracking = portfolioOf('p-kept', { name: 'Kept apart', kind: 'tracking' });
    const { answers } = createPortfolioServer([second, tracking]);
    await withWindow({ frame, answers, path: '/portfolios/p-second' }, async ({ page }) => {
      await page.getByText('Give it some paper money to begin with.').waitFor();
      await page.locator('.empty').getByRole('button', { name: 'Add paper money' }).click();
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
      await page.goto(`${origin}/portfolios/p-kept`);
      await page.getByRole('link', { name: 'To your first portfolio' }).click();
      await page.waitForURL(`${origin}/portfolios/default`);
    });
  });
});

describe.skipIf(!browser)('pages of portfolios', () => {
  it('fit on the narrowest phone, in German too, with the longest names and amounts', async () => {
    const long = portfolioOf('p-long', { name: 'Überdurchschnittlichlangername'.repeat(2), baseCurrency: 'USDC' });
    const huge = '12345678901234567890.123456789012345678';
    const { answers } = createPortfolioServer([second, long]);
    const balances = balancesOf(
      long,
      [
        {
          asset: '1000SATS',
          via: '1000satsusdt',
          available: huge,
          reserved: huge,
          total: huge,
          price: huge,
          value: huge,
        },
        { asset: 'USDT', available: huge, price: '1', value: huge },
      ],
      huge,
    );
    for (const locale of ['en-US', 'de-DE'])
      await withWindow(
        {
          frame,
          answers: { ...answers, 'portfolios/p-long/balances': balances },
          locale,
          viewport: { width: 320, height: 640 },
        },
        async ({ page }) => {
          for (const path of [
            '/portfolios',
            '/portfolios/p-long',
            '/portfolios/p-long/settings',
            '/portfolios/default',
          ]) {
            await page.goto(origin + path);
            await page.locator('h1').first().waitFor();
            await page.waitForTimeout(300);
            expect([locale, path, await tooWide(page)]).toEqual([locale, path, []]);
          }
        },
      );
  });
});
