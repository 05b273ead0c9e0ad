import { settled } from '@tickfolio/lib/kit/settled';
import { describe, expect, it } from 'vitest';
import { button, ofNoon as frame, isFocused, second } from './kit/portfolio-pages.js';
import { createPortfolioServer } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { type Answers, browser, origin, withWindow } from './kit/window.js';

const callsOf = (changes: readonly { readonly call: string }[]) => changes.map(({ call }) => call);

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
      await expect.poll(() => page.locator('.portfolio-card').count()).toBe(3);
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
