import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { balancesOf, createPortfolioServer, paper, portfolioOf, usualPortfolios } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { type Answers, browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
const second = portfolioOf('p-second', { name: 'Second try' });
const phone = { width: 390, height: 844 };

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');
const isFocused = (page: Page, name: string) =>
  page.evaluate(`document.activeElement.getAttribute('name') === '${name}'`);
const isTooWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth');
/** What sticks out of the window, in words; nothing where none of it can be scrolled to. */
const tooWide = async (page: Page) =>
  (await isTooWide(page))
    ? page.evaluate(
        `[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 90))`,
      )
    : [];
const callsOf = (changes: readonly { readonly call: string }[]) => changes.map(({ call }) => call);

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

describe.skipIf(!browser)('a new portfolio', () => {
  it('is made in a dialog that leaves header and navigation in sight, also on a phone', async () => {
    const { answers } = createPortfolioServer(
      Array.from({ length: 12 }, (_, at) => portfolioOf(`p-${at}`, { name: `Try ${at}` })),
    );
    await withWindow(
      { frame, answers, path: '/portfolios', viewport: { width: 390, height: 600 } },
      async ({ page }) => {
        await page.getByRole('link', { name: 'Try 11' }).first().waitFor();
        await page.evaluate('scrollTo(0, 300)');
        expect(await page.evaluate('scrollY')).toBeGreaterThan(200);
        const boxes = () =>
          page.evaluate(
            `['.top', '.phone-bar'].map((part) => Math.round(document.querySelector(part).getBoundingClientRect().top))`,
          );
        await settled(async () => expect(((await boxes()) as number[])[0]).toBe(0));
        const before = await boxes();
        // A pointer would scroll to it first.
        await button(page, 'New portfolio').dispatchEvent('click');
        await dialog(page).waitFor();
        expect(await boxes()).toEqual(before);
      },
    );
  });

  it('is made once, however often it is asked for, with what was typed kept until then', async () => {
    let away = true;
    const { answers, changes } = createPortfolioServer([], ({ body }) => {
      if ((body as { name: string }).name === 'Paper') return new Refused(409, 'name-taken');
      return away ? new Refused(503, 'unavailable') : undefined;
    });
    await withWindow({ frame, answers, path: '/portfolios', expected: /status of (409|503)/ }, async ({ page }) => {
      await button(page, 'New portfolio').click();
      await button(page, 'Create').click();
      await dialog(page).getByText('Give it a name.').waitFor();
      await settled(async () => expect(await isFocused(page, 'name')).toBe(true));
      await page.keyboard.type('Paper');
      await dialog(page).getByLabel('Worth told in').selectOption('EUR');
      await page.keyboard.press('Tab');
      await button(page, 'Create').click();
      await dialog(page).getByText('You have a portfolio of this name already.').waitFor();
      await settled(async () => expect(await isFocused(page, 'name')).toBe(true));
      await dialog(page).getByLabel('Name').fill('Savings');
      await button(page, 'Create').click();
      await dialog(page).getByText('Portfolios cannot be reached at the moment.').waitFor();
      await expect.poll(() => dialog(page).getByLabel('Name').inputValue()).toBe('Savings');
      away = false;
      await button(page, 'Create').click();
      await page.waitForURL(`${origin}/portfolios/p-new`);
      await page.getByText('“Savings” created').waitFor();
      const [taken, lost, made] = changes;
      expect(made?.body).toEqual({ name: 'Savings', kind: 'paper', baseCurrency: 'EUR' });
      expect(made?.key).toMatch(/^[0-9a-f]{32}$/);
      expect([lost?.key === made?.key, taken?.key === made?.key]).toEqual([true, false]);
    });
  });

  it('that is made after its dialog was left closes no other one, and leads nowhere', async () => {
    let answerNow: (() => void) | undefined;
    const { answers } = createPortfolioServer([]);
    const { portfolios } = answers;
    const late = async (...asked: Parameters<typeof portfolios>) => {
      if (asked[2].method() === 'POST')
        await new Promise<void>((done) => {
          answerNow = done;
        });
      return portfolios(...asked);
    };
    await withWindow({ frame, answers: { ...answers, portfolios: late }, path: '/portfolios' }, async ({ page }) => {
      await button(page, 'New portfolio').click();
      await dialog(page).getByLabel('Name').fill('Savings');
      await dialog(page).getByLabel('Name').press('Enter');
      await expect.poll(() => answerNow !== undefined).toBe(true);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await page.keyboard.press('n');
      await dialog(page).waitFor();
      answerNow?.();
      await page.getByText('“Savings” created').waitFor();
      await expect.poll(() => dialog(page).count()).toBe(1);
      expect(page.url()).toBe(`${origin}/portfolios`);
    });
  });

  it('says what each kind is for, and that a new one of what is owned is filled nowhere yet', async () => {
    await withWindow({ frame, path: '/portfolios' }, async ({ page }) => {
      await button(page, 'New portfolio').click();
      await dialog(page).getByText('Made-up money, to try things out.').waitFor();
      await dialog(page).getByText('What you own', { exact: true }).click();
      await dialog(page).getByText('So far it can only be named').waitFor();
    });
  });
});

describe.skipIf(!browser)('a portfolio of paper money', () => {
  const held = balancesOf(
    paper,
    [
      { asset: 'USDT', available: '6000', reserved: '34000', total: '40000', price: '1', value: '40000' },
      { asset: 'BTC', via: 'btcusdt', available: '0.4995', price: '68123.45', value: '34027.663275' },
      { asset: 'ETH', via: 'ethusdt', available: '2' },
    ],
    '74027.663275',
  );
  const candles = { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null };
  const answers = { 'portfolios/p-paper/balances': held, 'coins/btcusdt/candles': candles };
  const path = '/portfolios/p-paper';

  it('shows cash and assets with what they are worth, what orders hold of them, and what is not in the sum', async () => {
    await withWindow({ frame, answers, path }, async ({ page }) => {
      const rows = page.locator('.balance-table tbody tr');
      await expect.poll(() => rows.count()).toBe(3);
      const words = (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, ' '));
      expect(words[0]).toMatch(/Tether USDT Cash 1 40,000 34,000 reserved for open orders 40,000\.00 USDT 54\.0 %$/);
      expect(words[1]).toMatch(/Bitcoin BTC 68,123\.45 0\.4995 34,027\.66 USDT 46\.0 %$/);
      expect(words[2]).toMatch(/Ethereum ETH – 2 – –$/);
      await expect.poll(() => page.locator('.portfolio-head').innerText()).toMatch(/74,027\.66\s+USDT/);
      await page.getByText('Not included, because there is no price: ETH').waitFor();
      await page.getByRole('link', { name: /Bitcoin/ }).click();
      await page.waitForURL(`${origin}/assets/BTC`);
      await page.locator('.back-link').click();
      await page.waitForURL(origin + path);
    });
  });

  it('goes on with what it was, and says since when, while the server is away, and is brought up to date after it', async () => {
    await withWindow({ frame, answers, path, expected: /503/ }, async ({ page, answer }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      answer({ 'portfolios/p-paper/balances': undefined });
      await page.getByText(/Not brought up to date since/).waitFor();
      await page.locator('tr[data-asset=BTC]').waitFor();
      answer({ 'portfolios/p-paper/balances': balancesOf(paper, [{ asset: 'ADA', via: 'adausdt', available: '7' }]) });
      await page.locator('tr[data-asset=ADA]').waitFor();
      await page.getByText(/Not brought up to date since/).waitFor({ state: 'detached' });
    });
  });

  it('shows no receipt of what one owns where the focus is in one of its rows', async () => {
    await withWindow({ frame, answers, path }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC] a').focus();
      await page.keyboard.press('=');
      await page.keyboard.press('?');
      await dialog(page).getByText('This list').waitFor();
      expect(await page.getByRole('heading', { name: /^Receipt/ }).count()).toBe(0);
    });
  });

  it('hides its amounts in discreet mode, in dialogs and notices too', async () => {
    const server = createPortfolioServer([second]);
    await withWindow({ frame, answers: { ...server.answers, ...answers }, path }, async ({ page }) => {
      await page.locator('tr[data-asset=BTC]').waitFor();
      await page.keyboard.press('.');
      const leaks = () => page.evaluate(`(document.body.innerText.match(/40,000|34,0|0\\.4995|74,0|6,000/g) ?? [])`);
      await settled(async () => expect(await leaks()).toEqual([]));
      await button(page, 'Transfer').click();
      await dialog(page).getByLabel('Amount').fill('5999');
      await settled(async () => expect(await leaks()).toEqual([]));
      await dialog(page).getByRole('button', { name: 'Transfer' }).click();
      await page.getByText('••• transferred to “Second try”').waitFor();
      expect(await leaks()).toEqual([]);
    });
  });

  it('is given money, once for each time it is asked for, and says when there is no more today', async () => {
    let refused: Refused | undefined = new Refused(503, 'unavailable');
    const server = createPortfolioServer([], () => refused);
    await withWindow({ frame, answers: server.answers, path, expected: /status of/ }, async ({ page }) => {
      await button(page, 'Add paper money').click();
      await dialog(page).getByRole('button', { name: 'Add paper money' }).click();
      await dialog(page).getByText('Enter a quantity, for example 0.5.').waitFor();
      await dialog(page).getByLabel('Amount').fill('1,000.50');
      await dialog(page).getByLabel('Currency').selectOption('EUR');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('Portfolios cannot be reached').waitFor();
      refused = undefined;
      await dialog(page).getByLabel('Amount').press('Enter');
      await page.getByText('1,000.5 EUR of paper money added').waitFor();
      const [lost, made] = server.changes;
      expect(made).toMatchObject({ call: 'POST portfolios/p-paper/fund', body: { asset: 'EUR', quantity: '1000.5' } });
      expect(made?.key).toBe(lost?.key);
      refused = new Refused(429, 'limit-reached', 'portfolio_id', { 'retry-after': '40000' });
      await button(page, 'Add paper money').click();
      await dialog(page).getByLabel('Amount').fill('1');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('Try again in 12 hours.').waitFor();
    });
  });

  it('gives to another one no more than it has, and is told where it has less by now', async () => {
    const server = createPortfolioServer([second], () => new Refused(409, 'insufficient-balance', 'quantity'));
    await withWindow({ frame, answers: { ...server.answers, ...answers }, path, expected: /409/ }, async ({ page }) => {
      await button(page, 'Transfer').click();
      const amount = dialog(page).getByLabel('Amount');
      await dialog(page).getByText('6,000 USDT available').waitFor();
      await amount.fill('6000.01');
      await amount.press('Enter');
      await dialog(page).getByText('You hold 6,000 USDT.').waitFor();
      await button(page, 'All').click();
      await expect.poll(() => amount.inputValue()).toBe('6,000');
      await expect.poll(() => dialog(page).locator('.preview').innerText()).toMatch(/Stays here\s+0 USDT/);
      await amount.press('Enter');
      await dialog(page).getByText('There is less than that here by now.').waitFor();
      await expect.poll(() => amount.inputValue()).toBe('6,000');
      expect(server.changes).toEqual([
        expect.objectContaining({
          call: 'POST transfers',
          body: { from: 'p-paper', to: 'p-second', asset: 'USDT', quantity: '6000' },
        }),
      ]);
    });
  });
});

describe.skipIf(!browser)('what is said of portfolios', () => {
  it('names those that nobody named in the reader’s language, and says on a phone who is signed in', async () => {
    const { answers } = createPortfolioServer([second]);
    await withWindow({ frame, answers, locale: 'de-DE', path: '/portfolios', viewport: phone }, async ({ page }) => {
      await expect
        .poll(() => page.locator('.portfolio-card h2').allInnerTexts())
        .toEqual(['Portfolio', 'Spielgeld', 'Second try']);
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

describe.skipIf(!browser)('a transfer whose asset another tab has taken meanwhile', () => {
  it('still says which it is, and that there is none, and sends no other one', async () => {
    const [bitcoin, dollars] = [
      { asset: 'BTC', via: 'btcusdt', available: '1', price: '100', value: '100' },
      { asset: 'USDT', available: '50', price: '1', value: '50' },
    ];
    const balances = 'portfolios/p-paper/balances';
    const server = createPortfolioServer([second]);
    const answers = { ...server.answers, [balances]: balancesOf(paper, [bitcoin, dollars], '150') };
    await withWindow({ frame, answers, path: '/portfolios/p-paper' }, async ({ page, answer }) => {
      await button(page, 'Transfer').click();
      await dialog(page).getByLabel('Amount').fill('1');
      answer({ [balances]: balancesOf(paper, [dollars], '50') });
      await dialog(page).getByText('0 BTC available').waitFor();
      await expect.poll(() => dialog(page).getByLabel('What').inputValue()).toBe('BTC');
      await dialog(page).getByLabel('Amount').press('Enter');
      await dialog(page).getByText('You hold 0 BTC.').waitFor();
      expect(server.changes).toEqual([]);
    });
  });
});

describe.skipIf(!browser)('the settings of a portfolio', () => {
  const path = '/portfolios/p-second/settings';

  it('send what was changed, and say at its field what was refused', async () => {
    let taken = true;
    const { answers, changes } = createPortfolioServer([second], () =>
      taken ? new Refused(409, 'name-taken') : undefined,
    );
    await withWindow({ frame, answers, path, expected: /409/ }, async ({ page }) => {
      const save = () => button(page, 'Save').click();
      await page.getByLabel('Name').fill('Paper');
      await save();
      await page.getByText('You have a portfolio of this name already.').waitFor();
      await settled(async () => expect(await isFocused(page, 'name')).toBe(true));
      taken = false;
      await page.getByLabel('Name').fill('Third try');
      await page.getByLabel('Sold first').selectOption('HIFO');
      await page.getByLabel('Pay fees in').fill('bnb');
      await save();
      await page.getByText('Saved').waitFor();
      await page.getByRole('heading', { name: 'Settings of Third try' }).waitFor();
      await expect.poll(() => page.getByLabel('Pay fees in').inputValue()).toBe('BNB');
      expect(changes.at(-1)).toMatchObject({
        call: 'PATCH portfolios/p-second',
        body: { name: 'Third try', costMethod: 'HIFO', feeAsset: 'BNB' },
      });
      await save();
      await page.getByText('Nothing was changed.').waitFor();
      expect(changes).toHaveLength(2);
    });
  });

  it('are shown as they were saved, also where they cannot be read again', async () => {
    const { answers } = createPortfolioServer([second]);
    const one = (answers as Answers)['portfolios/p-second'] as typeof answers.portfolios;
    let isAway = false;
    const ofOne = (...asked: Parameters<typeof one>) => {
      if (asked[1] === 'GET') return isAway ? undefined : one(...asked);
      isAway = true;
      return one(...asked);
    };
    const server = { ...answers, 'portfolios/p-second': ofOne };
    await withWindow({ frame, answers: server, path, expected: /503/ }, async ({ page }) => {
      await page.getByLabel('Name').fill('Third try');
      await button(page, 'Save').click();
      await page.getByText('Saved').waitFor();
      await page.getByRole('heading', { name: 'Settings of Third try' }).waitFor();
      await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Third try');
    });
  });

  it('archive after a question, and what was archived can be looked at and not be changed', async () => {
    const { answers, changes } = createPortfolioServer([second]);
    await withWindow({ frame, answers, path }, async ({ page }) => {
      await button(page, 'Archive').click();
      const asks = page.getByRole('alertdialog');
      await asks.getByText('nothing in it changes any more').waitFor();
      await asks.getByRole('button', { name: 'Cancel' }).click();
      expect(changes).toEqual([]);
      await button(page, 'Archive').click();
      await asks.getByRole('button', { name: 'Archive' }).click();
      await page.waitForURL(`${origin}/portfolios`);
      await page.getByText('“Second try” archived').waitFor();
      expect(callsOf(changes)).toEqual(['DELETE portfolios/p-second']);
      await expect.poll(() => page.locator('.portfolio-card').count()).toBe(2);
      await button(page, 'Show archived portfolios').click();
      await page.getByRole('link', { name: 'Second try' }).click();
      await page.getByText(/Nothing in it changes any more\./).waitFor();
      await page.getByText('It was empty when it was archived.').waitFor();
      expect(await button(page, 'Add paper money').count()).toBe(0);
      await page.getByRole('link', { name: 'Settings' }).last().click();
      await page.getByText(/Nothing in it changes any more\./).waitFor();
      expect(await page.getByLabel('Name').count()).toBe(0);
    });
  });

  it('say why an open order keeps it from being archived, and that a default one never is', async () => {
    const { answers } = createPortfolioServer([second], () => new Refused(409, 'wrong-state'));
    await withWindow({ frame, answers, path, expected: /409/ }, async ({ page }) => {
      await button(page, 'Archive').click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Archive' }).click();
      await page.getByText('It cannot be archived while orders are open in it.').waitFor();
      await page.goto(`${origin}/portfolios/default/settings`);
      await page.getByText('It is meant wherever no other is named').waitFor();
      expect(await button(page, 'Archive').count()).toBe(0);
      // What one only tells of pays no fees.
      expect(await page.getByLabel('Pay fees in').count()).toBe(0);
    });
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
