import { readFileSync } from 'node:fs';
import { builtPage } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { settled } from '@tickfolio/lib/kit/settled';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { sql } from 'drizzle-orm';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAccountStack } from '../kit/account-stack.js';
import { callJson, signIn as signInOverRestAt } from '../kit/client.js';
import { browser, signIn, withPage } from '../kit/page.js';
import { totpCode } from '../kit/totp.js';
import { addVirtualAuthenticator } from '../kit/virtual-authenticator.js';

// The account as somebody at the page has it: real accounts behind the gateway, a real browser before it.

/**
 * What the browser says of refused calls, of reads that a busy machine did not answer in time, which the page asks for
 * again by itself, and of a socket that ends with its session.
 */
const refusals = /status of (40[0-9]|503)|WebSocket/;
const password = 'correct horse battery';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

let stack: Awaited<ReturnType<typeof startAccountStack>> | undefined;
let base = '';
beforeAll(async () => {
  if (!browser) return;
  stack = await startAccountStack(systemClock, builtPage);
  base = `http://localhost:${stack.port}`;
});
afterAll(() => stack?.close());

const signInOverRest = (name: string) => signInOverRestAt(base, name, password);

let people = 0;
const createPerson = async () => {
  const who = { name: `person-${++people}`, password };
  const { body } = await callJson(base, 'POST', '/api/v1/auth/register', { ...who, recoveryCodes: true });
  return { ...who, codes: body.recoveryCodes as readonly string[] };
};
/** As if every session had last given its password an hour ago. */
const age = () => stack?.accounts.db.execute(sql`update sessions set authenticated_at = now() - interval '1 hour'`);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** Presses it, and once more where accounts on a busy machine refused it for now. */
const press = (page: Page, name: string, brings: Locator) =>
  eventually(`what ${name} brings`, async () => {
    await button(page, name).click();
    await brings.or(page.locator('.banner.fault')).first().waitFor();
    return brings.isVisible();
  });
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const openSecurity = async (page: Page) => {
  await page.goto(`${base}/settings/security`);
  await page.getByText('Account created').waitFor();
};
const signOut = async (page: Page) => {
  await page.goto(`${base}/settings/profile`);
  await page.locator('.settings').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
};
const isIn = (page: Page) => page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
const isOut = (page: Page) => page.getByRole('heading', { name: 'Sign in' }).waitFor();
const listed = (page: Page) => page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();

const withMember = async (work: (page: Page, who: Awaited<ReturnType<typeof createPerson>>) => Promise<void>) => {
  const who = await createPerson();
  await withPage(
    {},
    async ({ page }) => {
      await signIn(page, base, who);
      await work(page, who);
    },
    refusals,
  );
};

describe.runIf(browser)('who makes an account', () => {
  it('gets its recovery codes to copy, to download and to print, and is past them only once they are kept', async () => {
    const options = { permissions: ['clipboard-read', 'clipboard-write'], acceptDownloads: true };
    await withPage(
      options,
      async ({ page }) => {
        await page.goto(`${base}/sign-up`);
        await page.getByLabel('Name').fill('maria');
        await page.getByLabel('Password', { exact: true }).fill(password);
        await button(page, 'Create account').click();
        await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
        const codes = await listed(page);
        expect(new Set(codes).size).toBe(10);
        await expect.poll(() => button(page, 'Continue').isDisabled()).toBe(true);
        await button(page, 'Copy').click();
        await page.getByText('The codes are copied.').waitFor();
        await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(codes.join('\n'));
        const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
        const sheet = readFileSync(await download.path(), 'utf8');
        expect(sheet).toContain('Recovery codes of maria at localhost');
        expect(codes.filter((code) => !sheet.includes(code))).toEqual([]);
        await page.emulateMedia({ media: 'print' });
        await expect.poll(() => page.locator('.only-printed').first().isVisible()).toBe(true);
        await expect.poll(() => page.getByRole('listitem').count()).toBe(10);
        expect(await page.getByRole('button').count()).toBe(0);
        expect(await page.getByRole('heading').count()).toBe(0);
        await page.emulateMedia({ media: null });
        // A click beside is no way past them.
        await page.getByRole('link', { name: 'tickfolio' }).click();
        const question = page.getByRole('alertdialog', { name: 'Leave without your codes?' });
        await question.getByRole('button', { name: 'Cancel' }).click();
        await question.waitFor({ state: 'detached' });
        expect(await listed(page)).toEqual(codes);
        await page.getByLabel('I kept them').check();
        await button(page, 'Continue').click();
        await isIn(page);
      },
      refusals,
    );
  });
});

describe.runIf(browser)('who looks at paper money', () => {
  it('has it live over the page’s connection: what is given elsewhere is there by itself, read no more than once', async () => {
    await withMember(async (page, { name }) => {
      const reads: string[] = [];
      page.on('request', (request) => request.url().endsWith('/balances') && reads.push(request.url()));
      const elsewhere = await signInOverRest(name);
      const { body } = await elsewhere.call('GET', '/api/v1/portfolios');
      const paper = (body.portfolios as { id: string; kind: string }[]).find(({ kind }) => kind === 'paper')?.id ?? '';
      await page.goto(`${base}/portfolios/${paper}`);
      const worth = () => page.locator('.portfolio-head').innerText();
      await expect.poll(worth).toMatch(/10,000\.00/);
      await expect.poll(() => page.locator('.freshness-dot').first().innerText()).toBe('Live');
      const before = reads.length;
      const given = { asset: 'USDT', quantity: '234.5' };
      expect((await elsewhere.call('POST', `/api/v1/portfolios/${paper}/fund`, given)).status).toBe(200);
      await expect.poll(worth).toMatch(/10,234\.50/);
      // What orders keep may be something else with each version.
      await settled(async () => expect(reads.length).toBe(before + 1));
      await page.waitForTimeout(4_000);
      expect(reads.length).toBe(before + 1);
      // All that one owns is without it.
      await page.goto(`${base}/portfolios/all`);
      await page.getByText('Nothing is in here').waitFor();
    });
  });
});

describe.runIf(browser)('who lost the password', () => {
  it('sets another one by a code that was kept, and every device is signed out', async () => {
    await withMember(async (device, { name, codes }) => {
      await withPage(
        {},
        async ({ page }) => {
          await page.goto(`${base}/sign-in`);
          await page.getByRole('link', { name: 'Forgot your password?' }).click();
          await page.getByLabel('Name').fill(name);
          await page.getByLabel('Recovery code').fill('0000-0000-0000-0000');
          await page.getByLabel('New password').fill('another good phrase');
          await button(page, 'Set the new password').click();
          await page.getByRole('alert').getByText('The name or the code is wrong').waitFor();
          await page.getByLabel('Recovery code').fill(codes[3]?.toUpperCase().replaceAll('-', ' ') ?? '');
          await press(page, 'Set the new password', page.getByText('9 recovery codes are left.'));
          await page.getByRole('link', { name: 'Sign in' }).click();
          await signIn(page, base, { name, password: 'another good phrase' });
        },
        refusals,
      );
      await isOut(device);
    });
  });
});

describe.runIf(browser)('who uses an authenticator app', () => {
  it('sets it up by its secret, is asked for a code at signing in, and gets in without the phone by a recovery code', async () => {
    await withMember(async (page, who) => {
      await openSecurity(page);
      await button(page, 'Set up an app').click();
      const secret = (await page.locator('.secret-groups').innerText()).replace(/\s/g, '');
      await expect.poll(() => page.getByRole('img', { name: 'QR code of the secret' }).isVisible()).toBe(true);
      const code = page.getByLabel('Then enter the code that it shows.');
      await code.fill(totpCode(secret) === '000000' ? '000001' : '000000');
      await button(page, 'Turn on').click();
      await page.getByRole('alert').getByText('The code is wrong').waitFor();
      const used = totpCode(secret);
      await code.fill(used);
      await button(page, 'Turn on').click();
      await page.getByText('Signing in also asks for a code of your app.').waitFor();
      await signOut(page);

      await page.getByLabel('Name').fill(who.name);
      await page.getByLabel('Password', { exact: true }).fill(who.password);
      await button(page, 'Sign in').click();
      await page.getByLabel('Code of your authenticator app').fill(used); // Works once.
      await button(page, 'Sign in').click();
      await page.getByRole('alert').getByText('The code is wrong, or was used before.').waitFor();
      await button(page, 'Use a recovery code instead').click();
      await page.getByLabel('Recovery code').fill(who.codes[0] ?? '');
      await button(page, 'Sign in').click();
      await isIn(page);

      await openSecurity(page);
      await page.getByText('9 codes are left.').waitFor();
      await button(page, 'Turn off').click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
      await part(page, 'Authenticator app').getByText('Signing in asks for your password alone.').waitFor();
      const log = part(page, 'What happened to your account').getByRole('listitem');
      const told = async () => (await log.allInnerTexts()).map((entry) => entry.split('\n')[0]);
      await expect
        .poll(told)
        .toEqual([
          'Authenticator app turned off',
          'Signed in with password and a recovery code',
          'The password was right, a code was wrong',
          'Signed out',
          'Authenticator app set up',
          'Signed in with the password',
          'Account created',
        ]);
    });
  });
});

describe.runIf(browser)('who uses a passkey', () => {
  it('adds it, signs in with it, proves with it who is there, and is refused with it once it was removed', async () => {
    await withMember(async (page) => {
      const device = await addVirtualAuthenticator(page);
      /** What the browser offers is taken by nobody then. */
      const signOutWithPasskey = async () => {
        await device.setPresence(false);
        await signOut(page);
        await device.setPresence(true);
      };
      await openSecurity(page);
      await button(page, 'Add a passkey').click();
      await page.getByLabel('Name of the passkey').fill('Laptop');
      await button(page, 'Add a passkey').click();
      await part(page, 'Passkeys').getByRole('listitem').getByText('Laptop').waitFor();
      await signOutWithPasskey();
      await button(page, 'Sign in with a passkey').click();
      await isIn(page);

      // Taken where the name is filled in, which is at once for this browser's user.
      await signOutWithPasskey();
      await page.goto(`${base}/sign-in?next=%2Fsettings%2Fdisplay`);
      await isIn(page);
      await page.getByRole('heading', { name: 'Display' }).waitFor();

      await age();
      await openSecurity(page);
      await button(page, 'Make new codes').click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Make new codes' }).click();
      await page.getByRole('dialog', { name: 'Is it you?' }).getByRole('button', { name: 'Use a passkey' }).click();
      await expect.poll(() => listed(page)).toHaveLength(10);
      await page.getByLabel('I kept them').check();
      await button(page, 'Done').click();

      await button(page, 'Remove passkey Laptop').click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByText('No passkeys yet.').waitFor();
      await signOutWithPasskey();
      await button(page, 'Sign in with a passkey').click();
      await page.getByRole('alert').getByText('This passkey does not fit').waitFor();
    });
  });
});

// One account and one other device for all three: signing up and in is what takes long here.
describe.runIf(browser)('an open page', () => {
  it('signs another device out at once, changes the password and says at the field what is wrong, and changes nothing for who does not know it, once it was given long ago', async () => {
    await withMember(async (page, who) => {
      await withPage(
        { userAgent: firefox },
        async ({ page: other }) => {
          await signIn(other, base, who);
          await openSecurity(page);
          const sessions = part(page, 'Where you are signed in');
          await expect.poll(() => sessions.getByRole('listitem').count()).toBe(2);
          await expect.poll(() => sessions.getByText('this browser').count()).toBe(1);
          await button(page, 'Sign out Firefox on Linux').click();
          await isOut(other);
          await expect.poll(() => sessions.getByRole('listitem').count()).toBe(1);
          await part(page, 'What happened to your account').getByText('A device was signed out').waitFor();

          await signIn(other, base, who);
          await button(page, 'Change password').click();
          await page.getByLabel('Current password').fill('not the password');
          await page.getByLabel('New password').fill('another good phrase');
          await button(page, 'Change password').click();
          await page.getByRole('alert').getByText('This is not your password.').waitFor();
          await page.getByLabel('Current password').fill(password);
          await page.getByLabel('New password').fill('password');
          await button(page, 'Change password').click();
          await page.getByRole('alert').getByText('one of those that are guessed first').waitFor();
          await page.getByLabel('New password').fill('another good phrase');
          await button(page, 'Change password').click();
          await page.getByText('Your password is changed.').waitFor();
          await isOut(other);
          await page.reload();
          await part(page, 'Password').getByText('Changed').waitFor();
        },
        refusals,
      );
      await age();
      await button(page, 'Set up an app').click();
      const dialog = page.getByRole('dialog', { name: 'Is it you?' });
      await dialog.getByLabel('Password').fill('not the password');
      await dialog.getByRole('button', { name: 'Confirm' }).click();
      await dialog.getByText('This is not your password.').waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await page.locator('.qr-code').count()).toBe(0);
      await button(page, 'Set up an app').click();
      await dialog.getByLabel('Password').fill('another good phrase');
      await page.keyboard.press('Enter');
      await page.locator('.qr-code').waitFor();
    });
  });
});

describe.runIf(browser)('who deletes the account', () => {
  it('is told what goes, proves who it is, sees it go by a link that works without an account, and may come back under the same name', async () => {
    await withMember(async (page, who) => {
      const other = await signInOverRest(who.name);
      await age();
      await page.goto(`${base}/settings/profile`);
      await button(page, 'Delete account').click();
      const question = page.getByRole('alertdialog', { name: 'Delete your account for good?' });
      await question.getByText('Nobody can undo this').waitFor();
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'detached' });
      await button(page, 'Delete account').click();
      await question.getByRole('button', { name: 'Delete account' }).click();
      const proof = page.getByRole('dialog', { name: 'Is it you?' });
      await proof.getByLabel('Password').fill('not the password');
      await proof.getByRole('button', { name: 'Confirm' }).click();
      await proof.getByText('This is not your password.').waitFor();
      expect(await other.refresh()).toBe(200);
      await proof.getByLabel('Password').fill(password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
      await expect.poll(() => page.getByText('Erased').count()).toBe(4);
      expect(await other.refresh()).toBe(401);
      expect((await other.call('GET', '/api/v1/profile')).status).toBe(401);
      for (const { db } of [stack?.accounts, stack?.profiles].filter((one) => one !== undefined))
        expect(await tablesWith(db, [who.name])).toEqual([]);

      const link = page.url();
      await withPage(
        {},
        async ({ page: elsewhere }) => {
          await elsewhere.goto(link);
          await elsewhere.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
          await elsewhere.goto(`${link.slice(0, -3)}xyz`);
          await elsewhere.getByRole('heading', { name: 'No deletion is known here' }).waitFor();
        },
        refusals,
      );
      await page.goto(`${base}/sign-in`);
      await page.getByLabel('Name').fill(who.name);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await button(page, 'Sign in').click();
      await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
      const again = await callJson(base, 'POST', '/api/v1/auth/register', { name: who.name, password });
      expect(again.status).toBe(201);
      const next = await signInOverRest(who.name);
      expect((await next.call('GET', '/api/v1/profile')).body).toMatchObject({ Name: who.name, Coins: [] });
    });
  });
});

describe.runIf(browser)('the pages of an account', () => {
  it.each([
    ['light, wide, English', { colorScheme: 'light', locale: 'en-GB' }],
    ['dark, on a phone, German', { colorScheme: 'dark', locale: 'de-DE', viewport: { width: 390, height: 844 } }],
  ] as const)('have no fault that axe-core finds, and scroll nowhere sideways: %s', async (_, options) => {
    await withPage(
      { ...options, reducedMotion: 'reduce' },
      async ({ page }) => {
        const inspect = async (name: string) => {
          await settled(async () => expect([name, await accessibilityFaults(page)]).toEqual([name, []]));
          const isOver = 'document.documentElement.scrollWidth > innerWidth';
          expect([name, await page.evaluate(isOver)]).toEqual([name, false]);
        };
        await page.goto(`${base}/recover`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await inspect('recover');
        await page.goto(`${base}/sign-up`);
        await page.locator('input[name=name]').fill(`person-${++people}`);
        await page.locator('input[name=password]').fill(password);
        await page.keyboard.press('Enter');
        await page.locator('.recovery-codes').waitFor();
        await inspect('first codes');
        await page.getByRole('checkbox').check();
        await page.locator('.recovery-sheet > .primary').click();
        await page.locator('.shell').waitFor();
        await page.goto(`${base}/settings/security`);
        await page.locator('.entries time').first().waitFor();
        await inspect('security');
        await page.locator('.part').nth(2).getByRole('button').click();
        await page.locator('.qr-code').waitFor();
        await page.locator('.part').nth(0).getByRole('button').click();
        await page.locator('input[name=old]').waitFor();
        await inspect('forms');
        await age();
        await page.locator('.part').nth(1).getByRole('button').click();
        await page.getByRole('alertdialog').getByRole('button').last().click();
        await page.locator('.dialog input[name=password]').waitFor();
        await inspect('proof');
        await page.locator('.dialog input[name=password]').fill(password);
        await page.keyboard.press('Enter');
        await page.locator('.recovery-codes').waitFor();
        await inspect('codes');
        await page.goto(`${base}/settings/profile`);
        await page.locator('.part .danger').click();
        await page.getByRole('alertdialog').waitFor();
        await inspect('deletion asked');
        await page.getByRole('alertdialog').getByRole('button').last().click();
        await page.waitForURL('**/deletions/*');
        await page.locator('.entries time').nth(2).waitFor();
        await inspect('deletion');
      },
      refusals,
    );
  });
});
