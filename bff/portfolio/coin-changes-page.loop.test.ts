import { type Page, type Route, startChromium } from '@tickfolio/lib/kit/chromium';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../app.js';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createHolder, openWindow, type TestWindow } from '../kit/page.js';

// Changes of coins in the built page when the server refuses them, does not answer, or somebody else has signed in
// meanwhile.

const browser = await startChromium();
let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { webFolder: builtPage } });
});
afterAll(async () => {
  await browser?.close();
  await bff.close();
  await postgres.close();
});

const changes = /\/api\/v1\/profile\/(coins|changes)/;
const why = 'An order holds this coin.';
const refusal = {
  status: 409,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 409, detail: why }),
};
const refuseNext = (page: Page) => page.route(changes, (route: Route) => route.fulfill(refusal), { times: 1 });

const open = async (): Promise<TestWindow> => {
  const window = await openWindow(browser);
  await window.page.goto(bff.url);
  await window.signIn(await createHolder(bff));
  await window.page.getByTestId('total').getByText('50,000').waitFor();
  return window;
};
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
/** Picks from the menu of a row. */
const pick = async (page: Page, what: string) => {
  await button(page, 'Actions for Bitcoin').click();
  await page.getByRole('menuitem', { name: what }).click();
};
const openChange = (page: Page) => pick(page, 'Add');
const takeAll = async (page: Page) => {
  await page.getByRole('tab', { name: 'Reduce' }).click();
  await button(page, '100 %').click();
  await page.getByRole('tabpanel').getByRole('button', { name: 'Reduce' }).click();
};
const signOut = async (page: Page) => {
  await button(page, /^Account/).click();
  await button(page, 'Sign out').click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
};

describe.skipIf(!browser)('a person', { timeout: 120_000 }, () => {
  it('is told of every change that the server refuses, in the dialog or where that is closed', async () => {
    const { page, faults, context } = await open();
    const said = page.getByText(why);
    await refuseNext(page);
    await openChange(page);
    await takeAll(page);
    await page.getByRole('dialog').getByText(why).waitFor();
    await expect.poll(() => page.getByLabel(/^How much/).inputValue()).toBe('1');
    await page.keyboard.press('Escape');
    await said.waitFor({ state: 'detached' });

    await refuseNext(page);
    await pick(page, 'Remove');
    await said.waitFor();
    await button(page, 'Dismiss').click();

    // The dialog is closed before the answer comes.
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route(
      changes,
      async (route) => {
        await held;
        await route.fulfill(refusal);
      },
      { times: 1 },
    );
    await openChange(page);
    await takeAll(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    answer();
    await said.waitFor();
    await button(page, 'Dismiss').click();

    await pick(page, 'Remove');
    await refuseNext(page);
    await button(page, 'Undo').click();
    await said.waitFor();

    await page.goto(`${bff.url}/coins/btcusdt`);
    await refuseNext(page);
    await button(page, /^Add /).click();
    await page.getByLabel(/^How much/).fill('2');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText(why).waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Portfolio' }).first().click();
    await refuseNext(page);
    await button(page, 'Add asset').click();
    await page.getByRole('combobox', { name: 'Search an asset' }).fill('eth');
    await page.getByRole('option', { name: /ETH/ }).first().click();
    await page.getByLabel(/^How much/).fill('2');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText(why).waitFor();
    await page.keyboard.press('Escape');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is told that signing out failed, on this device or on all, also where the dialog is closed', async () => {
    const { page, context } = await open();
    const said = page.getByText('Something went wrong on the server.');
    const away = { status: 503, contentType: 'application/problem+json', body: '{"status":503}' };
    await button(page, /^Account/).click();
    await page.route(/\/auth\/logout$/, (route) => route.fulfill(away), { times: 1 });
    await button(page, 'Sign out').click();
    await said.waitFor();
    await button(page, 'Dismiss').click();

    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const everywhere = /\/auth\/logout-everywhere$/;
    await page.route(everywhere, (route) => route.fulfill(away), { times: 1 });
    await button(page, /^Account/).click();
    await page.getByRole('link', { name: 'Security' }).click();
    await button(page, 'Sign out everywhere').click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await dialog.getByText('Something went wrong on the server.').waitFor();
    await page.route(
      everywhere,
      async (route) => {
        await held;
        await route.fulfill(away);
      },
      { times: 1 },
    );
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    answer();
    await said.waitFor();
    await context.close();
  });

  it('who presses again because the answer was lost has added once', async () => {
    const { page, context } = await open();
    await page.route(
      changes,
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await openChange(page);
    await page.getByLabel(/^How much/).fill('2');
    await page.keyboard.press('Enter');
    await page.getByText('The server does not answer.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 BTC added').waitFor();
    await page.getByTestId('total').getByText('150,000').waitFor();
    await button(page, 'Undo').click();
    await page.getByTestId('total').getByText('50,000').waitFor();
    await context.close();
  });

  it('whose account was made, and the answer lost, presses again and is in', async () => {
    const { page, context } = await openWindow(browser);
    const lose = async (route: Route) => {
      await route.fetch();
      await route.abort();
    };
    await page.route(/\/auth\/register$/, lose, { times: 1 });
    await page.goto(bff.url);
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Create account' }).waitFor(); // Until then the fields are those of the page before.
    await page.getByLabel('Name').fill('quick-to-take-it');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await button(page, 'Create account').click();
    await page.getByText('The server does not answer.').waitFor();
    await button(page, 'Create account').click();
    await page.getByLabel('I kept them').check(); // Its recovery codes.
    await button(page, 'Continue').click();
    await button(page, /^Account/).waitFor();
    await context.close();
  });

  it('adds a coin although nothing can be stored in the browser', async () => {
    const { page, faults, context } = await open();
    await page.evaluate(`Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }`);
    await openChange(page);
    await page.getByLabel(/^How much/).fill('1');
    await page.keyboard.press('Enter');
    await page.getByText('1 BTC added').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('who signs in after somebody else sees nothing of theirs: no way back, no dialog', async () => {
    const { page, signIn, context } = await open();
    await pick(page, 'Remove');
    await button(page, 'Undo').waitFor();
    await signOut(page);
    await signIn(await createHolder(bff));
    await page.getByTestId('total').getByText('50,000').waitFor();
    await button(page, 'Undo').waitFor({ state: 'detached' });

    // Another tab of the same browser signs in as a third.
    await openChange(page);
    const other = await context.newPage();
    await other.goto(`${bff.url}/account`);
    await button(other, 'Sign out').click();
    await other.getByLabel('Name').fill(await createHolder(bff));
    await other.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await button(other, 'Sign in').click();
    await button(other, /^Account/).waitFor();
    await page.getByTestId('total').getByText('50,000').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await context.close();
  });
});
