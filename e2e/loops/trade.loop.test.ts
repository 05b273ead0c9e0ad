import { settled } from '@tickfolio/lib/kit/settled';
import { divide, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browser, createAccount, signIn, startRun, withPage } from '../kit/page.js';

// Trading at paper money in a real Chromium, on the all-in-one run as its users start it.

let run: Awaited<ReturnType<typeof startRun>>;
beforeAll(async () => {
  if (!browser) return;
  run = await startRun({ AUTH_RATE_LIMIT: '10000', LOGINS_PER_ADDRESS: '10000' });
});
afterAll(() => run?.close());

/** A tenth below, in steps of a cent: nothing is traded there within a test. */
const farBelow = (price: string): string =>
  formatDecimal(divide(multiply(parseDecimal(price), { units: 9n, scale: 1 }), { units: 1n, scale: 0 }, 2));

describe.skipIf(!browser)('the page of trading', () => {
  it('fills an order at the market and books it, rests one below it, and gives back what that reserved when it is cancelled', async () => {
    const account = await createAccount(run.base);
    await withPage({}, async ({ page }) => {
      await signIn(page, run.base, account);
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Trade' }).click();
      const ticket = page.getByRole('region', { name: 'Order ticket' });
      const available = ticket.locator('.ticket-available .digits');
      // A busy machine may take too long to answer: pressed again it is the same order.
      const place = async () => {
        await ticket.locator('button[type=submit]').click();
        const yes = ticket.getByRole('button', { name: 'Place order' });
        await settled(async () => {
          if (await yes.isVisible()) await yes.click();
          expect(await ticket.getByLabel('How much').inputValue()).toBe('');
        });
      };
      await expect.poll(() => available.innerText()).toBe('10,000 USDT');

      await ticket.getByLabel('Type').selectOption('MARKET');
      await ticket.getByLabel('How much').fill('0.01');
      await ticket.getByText('Stays available').waitFor();
      await place();
      const ended = page.getByRole('table', { name: 'Ended orders' });
      await ended.getByText('0.01 of 0.01 BTC').waitFor();
      await ended.getByText('filled', { exact: true }).waitFor();
      await expect.poll(() => available.innerText()).not.toBe('10,000 USDT');
      // The fee is taken from what was bought.
      await ticket.getByRole('button', { name: 'Sell', exact: true }).first().click();
      await expect.poll(() => available.innerText()).toBe('0.00999 BTC');
      await ticket.getByRole('button', { name: 'Buy', exact: true }).first().click();
      const rest = await available.innerText();

      await ticket.getByLabel('Type').selectOption('LIMIT');
      await ticket.getByRole('button', { name: 'Last price' }).click();
      const last = (await ticket.getByLabel('Limit price').inputValue()).replaceAll(',', '');
      await ticket.getByLabel('Limit price').fill(farBelow(last));
      await ticket.getByLabel('How much').fill('0.01');
      await place();
      const open = page.getByRole('table', { name: 'Open orders' });
      await open.getByText('0 of 0.01 BTC').waitFor();
      await expect.poll(() => available.innerText()).not.toBe(rest);
      const cancel = open.getByRole('button', { name: /^Cancel/ });
      await settled(async () => {
        // It is gone by then, or does not answer to a press while it is at it.
        await cancel.click({ timeout: 1_000 }).catch(() => undefined);
        expect(await page.getByText('No order is open.').isVisible()).toBe(true);
      });
      await ended.getByText('by you').waitFor();
      await expect.poll(() => available.innerText()).toBe(rest);
    });
  });
});
