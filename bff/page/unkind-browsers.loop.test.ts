import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessibilityFaults, openChromiumProfile, type Route, startChromium } from '@tickfolio/lib/kit/chromium';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../app.js';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createHolder, openWindow, password, windowIn } from '../kit/page.js';

// The built page in browsers that take less than a page would like: no cookies, no storage, plain http, no script, an
// old script.

const names = ['--host-resolver-rules=MAP nas 127.0.0.1', '--disable-features=HttpsUpgrades'];
const browser = await startChromium(names);
const profile = mkdtempSync(join(tmpdir(), 'tickfolio-profile-'));
let postgres: Postgres;
let bff: TestBff;
let strict: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { webFolder: builtPage } });
  strict = await startTestBff({ postgres, options: { webFolder: builtPage, secureCookie: true } });
});
afterAll(async () => {
  await browser?.close();
  await bff.close();
  await strict.close();
  await postgres.close();
  rmSync(profile, { recursive: true, force: true });
});

describe.skipIf(!browser)('a person', { timeout: 120_000 }, () => {
  it('whose browser blocks cookies and storage sees the page, is told so, and can use it until a reload', async () => {
    mkdirSync(join(profile, 'Default'), { recursive: true });
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(settings));
    const context = await openChromiumProfile(profile, { locale: 'de-DE', reducedMotion: 'reduce' });
    const { page, faults } = await windowIn(context);
    await page.goto(bff.url);
    expect(await page.evaluate('try { localStorage } catch (err) { err.name }')).toBe('SecurityError');
    const said = page.getByText(/Dieser Browser blockiert Cookies.*Neu laden/);
    await said.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Anmelden' }).click();
    await page.getByLabel('Name').fill(await createHolder(bff));
    await page.getByLabel('Passwort', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
    await page.getByTestId('total').getByText('50.000').waitFor();
    await said.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // What is chosen holds for as long as the tab.
    await page.getByRole('button', { name: /^Konto/ }).click();
    await page.getByRole('link', { name: 'Anzeige' }).click();
    await page.getByText('Dunkel', { exact: true }).click();
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.reload();
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    await said.waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('who opens the page by http, where the server wants https, is told before and after signing in, and why a reload signed out', async () => {
    const window = await openWindow(browser);
    const { page, faults } = window;
    const said = page.getByText(/opened over http.*Open it with https/);
    // No socket opens either, and that alone ends no session: it could not be renewed.
    await page.routeWebSocket(/\/ws$/, (socket) => void socket.close({ code: 4000 }));
    await page.goto(strict.url.replace('127.0.0.1', 'nas'));
    await said.waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await said.waitFor();
    await window.signIn(await createHolder(strict));
    await page.getByTestId('total').getByText('50,000').waitFor();
    await page.getByText('Live connection blocked; updating about every 3 s.').waitFor();
    await said.waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await said.waitFor();
    expect(faults).toEqual([]);
    await window.context.close();
  });
  it('on whose machine the server itself runs keeps the session over plain http, and is told nothing', async () => {
    const window = await openWindow(browser);
    const { page } = window;
    await page.goto(strict.url);
    await window.signIn(await createHolder(strict));
    await page.reload();
    await page.getByTestId('total').getByText('50,000').waitFor();
    expect(await page.getByText(/sign you out/).count()).toBe(0);
    await window.context.close();
  });

  const script = /\/assets\/index-[^/]+\.js$/;
  const javascript = (body: string) => (route: Route) => route.fulfill({ contentType: 'text/javascript', body });
  it.each([
    [
      'is kept back by a filter',
      (route: Route) => route.abort('blockedbyclient'),
      /could not be loaded.*\/assets\/index-/,
    ],
    ['breaks', javascript('throw new Error("boom");'), /could not start: .*boom/],
    ['fails later', javascript('Promise.reject(new Error("boom"));'), /could not start: .*boom/],
    ['is too new for the browser', javascript('const x = #;'), /too old for this page/],
  ] as const)('whose page’s script %s is told so, and not left before an empty page', async (_what, answer, words) => {
    const { page, context } = await openWindow(browser);
    await page.route(script, answer);
    await page.goto(bff.url);
    await page.getByRole('alert').getByText(words).waitFor();
    await page.unroute(script);
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await context.close();
  });
  it.each([
    [
      'is kept back by a filter',
      (route: Route) => route.abort('blockedbyclient'),
      /could not be loaded.*show-app-/,
      'file',
    ],
    ['breaks', javascript('throw new Error("boom");'), /could not start: .*boom/, 'fault'],
    ['is too new for the browser', javascript('const x = #;'), /too old for this page/, 'old'],
  ] as const)(
    'whose script that draws the page %s is told so, and nothing else before',
    async (_what, answer, words, kind) => {
      const { page, context } = await openWindow(browser, { serviceWorkers: 'block' });
      const said = new Set<string>();
      await page.exposeFunction('heard', (one: string) => void said.add(one));
      await page.addInitScript(`new MutationObserver(() => {
        for (const { dataset } of document.querySelectorAll('[data-said]')) window.heard(dataset.said);
      }).observe(document, { subtree: true, childList: true, attributes: true })`);
      await page.route(/\/assets\/show-app-[^/]+\.js$/, answer);
      await page.goto(bff.url);
      await page.getByRole('alert').getByText(words).waitFor();
      await page.waitForLoadState('networkidle');
      await expect.poll(() => [...said]).toEqual([kind]);
      await context.close();
    },
  );
  it('whose browser lacks what the page needs is told so in German, and gets no page in which nothing works', async () => {
    const { page, context } = await openWindow(browser, { locale: 'de-DE' });
    await page.addInitScript('delete AbortSignal.timeout');
    await page.goto(bff.url);
    await page.getByText('Dieser Browser ist zu alt für diese Seite.').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('heading').count()).toBe(0);
    await context.close();
  });
  it('whose script never comes, or who has none, has words all the same', async () => {
    const { page, context } = await openWindow(browser);
    await page.route(script, () => undefined);
    await page.goto(bff.url, { waitUntil: 'commit' });
    await page.getByText('One moment …').waitFor();
    await expect.poll(() => page.getByText('Einen Moment …').isVisible()).toBe(false);
    // Some seconds later; the animation is moved on instead, as soon as it has begun.
    await expect
      .poll(() => page.evaluate('document.getAnimations().map((animation) => animation.finish()).length'))
      .toBeGreaterThan(0);
    await page.getByText('If nothing follows, this browser is too old').waitFor();
    await context.close();
    const without = await openWindow(browser, { javaScriptEnabled: false });
    await without.page.goto(bff.url);
    await without.page.getByText('One moment …').waitFor();
    await without.context.close();
  });
  it('whose page lost a part in an update is not sent round in circles', async () => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' }); // It would have the part.
    await page.goto(bff.url);
    await signIn(await createHolder(bff));
    let asked = 0;
    await page.route(/\/assets\/coin-page-/, (route) => {
      asked++;
      return route.abort();
    });
    await page.goto(`${bff.url}/assets/BTC`);
    await page.getByRole('heading', { name: 'This page broke' }).waitFor();
    expect(asked).toBeLessThan(6);
    await context.close();
  });
  it('whose server is away for a moment while a part of the page is loaded keeps the page, and has the part once the server is back', async () => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' });
    let isAway = false;
    let asked = 0;
    await page.goto(bff.url);
    await signIn(await createHolder(bff));
    await page.getByTestId('total').getByText('50,000').waitFor();
    await page.route('**', (route) => (isAway ? route.abort() : route.fallback()));
    await page.route(/\/assets\/add-coin-dialog-.*js$/, (route) => {
      isAway = asked++ === 0;
      return isAway ? route.abort() : route.fallback();
    });
    await page.getByRole('button', { name: 'Add asset' }).click();
    await expect.poll(() => asked).toBe(1);
    await page.evaluate('window.isTheSamePage = true');
    await page.waitForTimeout(1_000); // In which it must not go away.
    isAway = false;
    await expect.poll(() => asked).toBe(2);
    await page.getByRole('combobox', { name: 'Search an asset' }).waitFor();
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
    await context.close();
  });
  it('whose chart could not be loaded has it once the file is there again and they try again', async () => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' });
    let isThere = false;
    const pointAt = (agoMs: number) => ({ Time: new Date(Date.now() - agoMs).toISOString(), Value: '50000' });
    await page.goto(bff.url);
    await page.route(/\/api\/v1\/profile\/value/, (route) =>
      route.fulfill({ json: { Range: '24h', StepSeconds: 300, Points: [600_000, 300_000, 60_000].map(pointAt) } }),
    );
    await page.route(/\/assets\/value-chart-.*js$/, (route) => (isThere ? route.fallback() : route.abort()));
    await signIn(await createHolder(bff));
    const again = page.getByRole('alert').getByRole('button', { name: 'Try again' });
    await again.waitFor();
    isThere = true;
    // A failure is shown for a moment before it is forgotten.
    const charts = async () => {
      if (await again.isVisible()) await again.click({ timeout: 1_000 });
      return page.locator('.u-over').count();
    };
    await expect.poll(charts).toBeGreaterThan(0);
    await context.close();
  });
  it('on a slow line goes from signing in to making an account at once, and never types into fields that are about to go', async () => {
    const { page, context } = await openWindow(browser, { serviceWorkers: 'block' });
    await page.goto(`${bff.url}/sign-in`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.route(/\/assets\//, () => undefined); // Nothing more comes.
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Create account' }).waitFor();
    await context.close();
  });
  it('whose server is away for a moment while the page of a coin is loaded keeps the page, and has that of the coin once the server is back', async () => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' });
    let isAway = false;
    let asked = 0;
    await page.goto(bff.url);
    await signIn(await createHolder(bff));
    await page.getByTestId('total').getByText('50,000').waitFor();
    await page.evaluate('window.isTheSamePage = true');
    await page.route('**', (route) => (isAway ? route.abort() : route.fallback()));
    await page.route(/\/assets\/coin-page-.*js$/, (route) => {
      isAway = asked++ === 0;
      return isAway ? route.abort() : route.fallback();
    });
    await page.locator('a[href*="/assets/BTC"]').first().click();
    await expect.poll(() => asked).toBe(1);
    await page.waitForTimeout(1_500); // In which it must not go away.
    isAway = false;
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
    await page.getByRole('heading', { name: /Bitcoin|BTC/ }).waitFor();
    await context.close();
  });
  it('whose server is away for a moment while a chart is loaded has the chart with its styles once the server is back', async () => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' });
    let isAway = false;
    let asked = 0;
    const pointAt = (agoMs: number) => ({ Time: new Date(Date.now() - agoMs).toISOString(), Value: '50000' });
    await page.goto(bff.url);
    await page.route('**', (route) => (isAway ? route.abort() : route.fallback()));
    await page.route(/\/api\/v1\/profile\/value/, (route) =>
      route.fulfill({ json: { Range: '24h', StepSeconds: 300, Points: [600_000, 300_000, 60_000].map(pointAt) } }),
    );
    await page.route(/\/assets\/value-chart-.*(js|css)$/, (route) => {
      if (asked++ === 0) isAway = true;
      return isAway ? route.abort() : route.fallback();
    });
    await signIn(await createHolder(bff));
    await expect.poll(() => asked).toBeGreaterThan(0);
    await page.waitForTimeout(300);
    isAway = false;
    await page.locator('.u-over').waitFor({ state: 'attached' });
    expect(await page.evaluate("getComputedStyle(document.querySelector('.u-over')).position")).toBe('absolute');
    await context.close();
  });
});
