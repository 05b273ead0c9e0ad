import { builtPage } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAccountStack } from '../kit/account-stack.js';
import { browser, withPage } from '../kit/page.js';
import { totpCode } from '../kit/totp.js';

const shots = process.env.SHOTS;
let at = 0;
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${++at}-${name}.png`, fullPage: true });
};
const expected = /status of 40[0-9]|WebSocket/;
const password = 'correct horse battery';
let stack: Awaited<ReturnType<typeof startAccountStack>>;
let base = '';
beforeAll(async () => {
  if (!browser) return;
  stack = await startAccountStack(systemClock, builtPage);
  base = `http://localhost:${stack.port}`;
});
afterAll(() => stack?.close());

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

describe.runIf(browser)('the account on the page', () => {
  it('is kept', async () => {
    await withPage(
      {},
      async ({ page }) => {
        page.setDefaultTimeout(8000);
        await page.goto(`${base}/sign-up`);
        await page.getByLabel('Name').fill('maria');
        await page.getByLabel('Password', { exact: true }).fill(password);
        await button(page, 'Create account').click();
        await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
        const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
        expect(codes).toHaveLength(10);
        await shot(page, 'codes');
        await page.getByLabel('I kept them').check();
        await button(page, 'Continue').click();
        await page.getByRole('navigation', { name: 'Pages' }).waitFor();
        await page.goto(`${base}/settings/security`);
        await page.getByText('Account created').waitFor();
        await shot(page, 'security');
        await button(page, 'Set up an app').click();
        await page.locator('.qr-code').waitFor();
        await shot(page, 'app');
        const secret = (await page.locator('.secret-groups').innerText()).replace(/\s/g, '');
        await page.getByLabel('Then enter the code').fill(totpCode(secret));
        await button(page, 'Turn on').click();
        await page.getByText('Signing in also asks for a code of your app.').waitFor();
        await button(page, 'Change password').click();
        await shot(page, 'password');
        await page.goto(`${base}/settings/profile`);
        await button(page, 'Sign out').last().click();
        await page.waitForURL(/sign-in/);
        await shot(page, 'sign-in');
        await page.getByLabel('Name').fill('maria');
        await page.getByLabel('Password', { exact: true }).fill(password);
        await button(page, 'Sign in').click();
        await page.getByRole('heading', { name: 'One more step' }).waitFor();
        await shot(page, 'factor');
        await button(page, 'Use a recovery code instead').click();
        await page.getByLabel('Recovery code').fill(codes[0] ?? '');
        await button(page, 'Sign in').click();
        await page.getByRole('navigation', { name: 'Pages' }).waitFor();
        await page.setViewportSize({ width: 390, height: 844 });
        await page.goto(`${base}/settings/security`);
        await page.getByText('Account created').waitFor();
        await shot(page, 'phone');
        await page.goto(`${base}/recover`);
      },
      expected,
    );
  }, 120_000);
});
