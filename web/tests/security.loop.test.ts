import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { Refused } from './kit/refused.js';
import { browser, drawn, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const path = '/settings/security';
const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
const place = { device: 'Firefox on Linux', network: '203.0.113.0/24' };
const entry = (minute: number, action: string, more: object = {}) => ({
  at: new Date(noon - minute * 60_000).toISOString(),
  action,
  outcome: 'ok',
  detail: { ...place, ...more },
});

describe.skipIf(!browser)('the security settings', () => {
  it('say of a list that does not come that it does not, beside those that do, and bring it when asked again', async () => {
    const answers = { 'account/sessions': undefined };
    await withWindow({ path, frame, answers, expected: /status of 503/ }, async ({ page, answer }) => {
      const sessions = page.getByRole('region', { name: 'Where you are signed in' });
      await page.getByText('Account created').waitFor();
      await sessions.getByRole('alert').getByText('Something went wrong on the server.').waitFor();
      const iso = new Date(noon).toISOString();
      const one = { id: 's1', current: true, ...place, createdAt: iso, lastUsedAt: iso, expiresAt: iso };
      answer({ 'account/sessions': { sessions: [one], next: null } });
      await sessions.getByRole('button', { name: 'Try again' }).click();
      await sessions.getByText('this browser').waitFor();
    });
  });

  it('tell what happened in words, newest first, older on demand, and what a newer server writes down by its name', async () => {
    const log = (search: string) =>
      search.includes('cursor=older')
        ? { entries: [entry(90, 'account-created')], next: null }
        : {
            entries: [
              entry(1, 'exchange-key-added'),
              { ...entry(2, 'sign-in-refused', { count: 3 }), outcome: 'refused' },
              entry(3, 'passkey-added', { name: 'Laptop' }),
            ],
            next: 'older',
          };
    await withWindow({ path, frame, answers: { 'account/log': log } }, async ({ page }) => {
      const entries = page.getByRole('region', { name: 'What happened to your account' }).locator('.entry-name');
      await expect.poll(() => entries.count()).toBe(3);
      await page.getByRole('button', { name: 'Show older' }).click();
      await expect
        .poll(() => entries.allInnerTexts())
        .toEqual([
          'Something this page has no words for: exchange-key-added',
          '3 sign-ins within a minute were refused',
          'Passkey “Laptop” added',
          'Account created',
        ]);
      expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0);
    });
  });

  it('warn who has no recovery code left before an app could lock them out', async () => {
    const iso = new Date(noon).toISOString();
    const account = {
      ...{ id: 'u1', name: 'maria', role: 'operator', createdAt: iso, passwordChangedAt: null, freshUntil: iso },
      ...{ recoveryCodesLeft: 0, totp: false, passkeys: 0 },
    };
    await withWindow({ path, frame, answers: { account } }, async ({ page }) => {
      await page.getByText('a lost phone would lock you out').waitFor();
      await page.getByText('nobody can let you in again').waitFor();
      await page.getByRole('link', { name: 'Profile' }).click();
      await page.getByText('You are an operator of this server.').waitFor();
    });
  });

  it('give the focus back to the button whose form was left', async () => {
    await withWindow({ path, frame }, async ({ page }) => {
      const open = page.getByRole('button', { name: 'Change password' });
      await open.focus();
      await page.keyboard.press('Enter');
      const isFocused = (selector: string) => page.evaluate(`document.activeElement.matches('${selector}')`);
      await expect.poll(() => isFocused('[name=old]')).toBe(true);
      await page.getByRole('button', { name: 'Cancel' }).press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement.innerText')).toBe('Change password');
    });
  });
});

describe.skipIf(!browser)('who opens a link that needs a session', () => {
  const link = '/settings/display?from=mail';
  const password = 'correct horse battery';
  const asked = { secondFactor: { ticket: 'a.b', kinds: ['totp', 'recovery-code'] } };
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const give = async (page: Page, action: string) => {
    await page.getByLabel('Name').fill('maria');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await button(page, action);
  };
  const isThere = async (page: Page) => {
    await page.getByRole('heading', { name: 'Display' }).waitFor();
    expect(page.url()).toBe(origin + link);
  };

  it('is led there after a second factor, of the app and off the sheet', async () => {
    const answers = { 'auth/login': asked };
    await withWindow({ path: link, signedIn: false, frame, answers }, async ({ page }) => {
      await give(page, 'Sign in');
      await page.getByLabel('Code of your authenticator app').fill('492 039');
      await button(page, 'Sign in');
      await isThere(page);
    });
    await withWindow({ path: link, signedIn: false, frame, answers }, async ({ page }) => {
      await give(page, 'Sign in');
      await button(page, 'Use a recovery code instead');
      await page.getByLabel('Recovery code').fill('7k3m-q9xd-2hpw-v4ta');
      await button(page, 'Sign in');
      await isThere(page);
    });
  });

  it('is told that the new password may be set already where the answer to the try before was lost', async () => {
    const tries = [undefined, new Refused(401, 'unauthenticated')];
    const recover = () => tries.shift();
    const path = '/recover';
    const given = { answers: { 'auth/recover': recover }, path, signedIn: false, expected: /401|503/ };
    await withWindow(given, async ({ page }) => {
      await page.getByLabel('Recovery code').fill('7k3m-q9xd-2hpw-v4ta');
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('New password').fill(password);
      await button(page, 'Set the new password');
      await page.getByRole('alert').first().waitFor();
      await button(page, 'Set the new password');
      await page.getByText('or the new password is set already').waitFor();
    });
  });

  it('is led there after setting a new password by a recovery code', async () => {
    await withWindow({ path: link, signedIn: false, frame }, async ({ page }) => {
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('Recovery code').fill('7k3m-q9xd-2hpw-v4ta');
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('New password').fill(password);
      await button(page, 'Set the new password');
      await page.getByText('9 recovery codes are left.').waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await give(page, 'Sign in');
      await isThere(page);
    });
  });

  it('is led there after making an account and keeping its codes, which another tab that signs in takes from nobody', async () => {
    const answers = { 'auth/register': { message: '', recoveryCodes: ['7k3m-q9xd-2hpw-v4ta', 'n257-fxxy-6zyz-xp3g'] } };
    await withWindow({ path: link, signedIn: false, frame, answers }, async ({ page, openTab }) => {
      await page.getByRole('link', { name: 'Create account' }).click();
      await page.getByRole('heading', { name: 'Create account' }).waitFor();
      await give(page, 'Create account');
      const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
      await expect.poll(() => codes.count()).toBe(2);
      await page.evaluate("new BroadcastChannel('tickfolio').onmessage = () => { window.isTold = true; }");
      const other = await openTab('/sign-in');
      await give(other, 'Sign in');
      await expect.poll(() => page.evaluate('window.isTold')).toBe(true);
      await drawn(page);
      await expect.poll(() => codes.count()).toBe(2);
      await page.getByLabel('I kept them').check();
      await button(page, 'Continue');
      await isThere(page);
    });
  });
});
