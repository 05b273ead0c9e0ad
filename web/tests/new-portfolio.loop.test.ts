import { settled } from '@tickfolio/lib/kit/settled';
import { describe, expect, it } from 'vitest';
import { button, dialog, ofNoon as frame, isFocused } from './kit/portfolio-pages.js';
import { createPortfolioServer, portfolioOf } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, origin, withWindow } from './kit/window.js';

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
