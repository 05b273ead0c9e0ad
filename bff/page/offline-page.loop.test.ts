import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSilentServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { accessibilityFaults, startChromium } from '@tickfolio/lib/kit/chromium';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../app.js';
import { createFakeAuth, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createHolder as createHolderAt, openWindow as openPage, waitMs } from '../kit/page.js';

// The built page in Chromium, opened while nobody answers.

const browser = await startChromium();
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-offline-'));
let postgres: Postgres;
let bff: TestBff | undefined;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterEach(async () => {
  await bff?.close();
  bff = undefined;
});
afterAll(async () => {
  await browser?.close();
  await postgres.close();
  rmSync(folder, { recursive: true });
});

/** A BFF whose page is to be found at the same address again after it was away, with the same accounts. */
const createServer = () => {
  const auth = createFakeAuth(systemClock);
  let port = 0;
  const stop = async () => {
    await bff?.close();
    bff = undefined;
  };
  const start = async (webFolder = builtPage) => {
    await stop();
    bff = await startTestBff({ postgres, auth, options: { webFolder, address: { host: '127.0.0.1', port } } });
    port = bff.port;
    bff.publish('btcusdt', '50000');
    return bff.url;
  };
  return { start, stop };
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The build under another name: every file called differently, and `mark` to be seen in its document and in its
 * script.
 */
const buildAnother = (mark: string): string => {
  const target = join(folder, mark);
  mkdirSync(join(target, 'assets'), { recursive: true });
  const assets = readdirSync(join(builtPage, 'assets')).filter((name) => /\.(js|css)$/.test(name));
  const rename = (name: string) => name.replace(/\.(?=\w+$)/, `${mark}.`);
  const renamed = (path: string) =>
    assets
      .reduce((text, name) => text.replaceAll(name, rename(name)), readFileSync(join(builtPage, path), 'utf8'))
      .replaceAll('What your assets are worth', `${mark}: what your assets are worth`)
      .replace('<title>', `<meta name="mark" content="${mark}"><title>`);
  for (const name of assets) writeFileSync(join(target, 'assets', rename(name)), renamed(`assets/${name}`));
  const index = renamed('index.html');
  writeFileSync(join(target, 'index.html'), index);
  const worker = renamed('worker.js')
    .replaceAll(sha256(readFileSync(join(builtPage, 'index.html'), 'utf8')), sha256(index))
    .replace(/build:`\w+`/, `build:\`${mark}\``);
  writeFileSync(join(target, 'worker.js'), worker);
  return target;
};

const openWindow = async (options: { readonly colorScheme?: 'light' | 'dark' } = {}) => {
  const opened = await openPage(browser, options);
  const { page } = opened;
  const workerTakesOver = () => page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const cacheNames = () => page.evaluate('caches.keys()') as Promise<string[]>;
  const kept = () =>
    page.evaluate(
      'caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().map(({ url }) => new URL(url).pathname))',
    ) as Promise<string[]>;
  return { ...opened, workerTakesOver, cacheNames, kept };
};

const createHolder = () => {
  if (!bff) throw new Error('no server');
  return createHolderAt(bff);
};

describe.skipIf(!browser)('the page, opened while nobody answers,', { timeout: 120_000 }, () => {
  it.each(['light', 'dark'] as const)(
    'says that it is offline, shows no number, and goes live when the network is back (%s)',
    async (colorScheme) => {
      const { start } = createServer();
      const base = await start();
      const { context, page, faults, signIn, workerTakesOver, kept } = await openWindow({ colorScheme });
      await page.goto(`${base}/sign-in`);
      await signIn(await createHolder());
      await page.getByTestId('total').getByText('50,000').waitFor();
      await workerTakesOver();

      await context.setOffline(true);
      for (const path of ['/', '/assets/BTC', '/settings/profile']) {
        await page.goto(base + path);
        await page.getByRole('heading', { name: 'You are offline' }).waitFor();
        expect(await page.locator('main').innerText()).not.toMatch(/\d/);
        expect(await page.getByText('the last ones that arrived').count()).toBe(0);
        expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
      }
      await page.reload();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'You are offline' }).waitFor();
      // Nothing but the page's own files lies on the disk.
      expect((await kept()).filter((path) => path !== '/' && !path.startsWith('/assets/'))).toEqual([]);
      expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toMatch(/holder|50000|eyJ/);

      await page.goto(base);
      await context.setOffline(false);
      await page.getByTestId('total').getByText('50,000').waitFor();
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  it('says that the server does not answer, and to who is not signed in, that this needs the network', async () => {
    const { start, stop } = createServer();
    const base = await start();
    const { context, page, faults, signIn, workerTakesOver } = await openWindow();
    await page.goto(`${base}/sign-in`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await workerTakesOver();
    await context.setOffline(true);
    await page.reload();
    await page.getByText('Signing in needs the network').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await context.setOffline(false);
    await page.getByText('Signing in needs the network').waitFor({ state: 'detached' });
    await signIn(await createHolder());
    await page.getByTestId('total').getByText('50,000').waitFor();
    await stop();
    await page.reload();
    await page.getByRole('heading', { name: 'The server does not answer' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // Neither does one that takes what is asked and is silent.
    const taken: Socket[] = [];
    const silent = createSilentServer((socket) => taken.push(socket)).listen(Number(new URL(base).port), '127.0.0.1');
    await once(silent, 'listening');
    await page.reload();
    await page.getByRole('heading', { name: 'The server does not answer' }).waitFor();
    for (const socket of taken) socket.destroy();
    silent.close();
    await once(silent, 'close');
    await start();
    await page.getByTestId('total').getByText('50,000').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is there also for who loaded it past what the browser keeps, as soon as it is the worker’s again', async () => {
    const { start, stop } = createServer();
    const base = await start();
    const { context, page, faults, workerTakesOver } = await openWindow();
    const owner = () => page.evaluate('navigator.serviceWorker.controller?.scriptURL ?? null');
    await page.goto(`${base}/sign-in`);
    await workerTakesOver();
    await expect.poll(owner, { timeout: waitMs }).toBe(`${base}/worker.js`);
    // As with Shift held: the browser leaves the worker out, and it is there already, so that nothing begins.
    const devtools = await context.newCDPSession(page);
    const loaded = page.waitForEvent('load');
    await devtools.send('Page.reload', { ignoreCache: true });
    await loaded;
    expect(await owner()).toBeNull();
    await expect.poll(owner, { timeout: waitMs }).toBe(`${base}/worker.js`);
    await stop();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is whole in every build: no old page without its files, no new page with old ones', async () => {
    const [next, last] = [buildAnother('NEXT'), buildAnother('LAST')];
    const { start, stop } = createServer();
    const base = await start();
    const { context, page, faults, signIn, workerTakesOver, cacheNames } = await openWindow();
    const worksWith = (...names: (string | undefined)[]) =>
      until(async () => {
        const isBusy =
          'navigator.serviceWorker.ready.then(({ installing, waiting, active }) => installing || waiting || active.state !== "activated")';
        // In this order: whose files are there has begun to install.
        return (await cacheNames()).join() === names.join() && !(await page.evaluate(`${isBusy}.then(Boolean)`));
      }, waitMs);
    /** The build of the document and that of its script. */
    const builds = async () => {
      await page.reload();
      const line = page.locator('.gate-line');
      await line.waitFor();
      return [await page.evaluate('document.querySelector("meta[name=mark]")?.content'), await line.innerText()];
    };
    const [old, newer] = [
      [undefined, 'What your assets are worth, live and exact.'],
      ['NEXT', 'NEXT: what your assets are worth, live and exact.'],
    ];
    await page.goto(`${base}/sign-in`);
    await workerTakesOver();
    const [first] = await cacheNames();
    expect(first).toMatch(/^tickfolio-[0-9a-f]{16}$/);

    // While an update is rolled out, the worker is the new one and the page still the old one: nothing of it is kept.
    const mixed = join(folder, 'mixed');
    cpSync(builtPage, mixed, { recursive: true, filter: (path) => !/worker\.js/.test(path) });
    for (const name of readdirSync(join(next, 'assets')))
      cpSync(join(next, 'assets', name), join(mixed, 'assets', name));
    cpSync(join(next, 'worker.js'), join(mixed, 'worker.js'));
    await start(mixed);
    const updated = (await page.evaluate(
      'navigator.serviceWorker.ready.then((registration) => registration.update()).then((registration) => new Promise((done) => { const { installing } = registration; if (installing) installing.onstatechange = () => done(installing.state); else done("none"); }), (err) => String(err))',
    )) as string;
    expect(updated).toBe('redundant');
    await expect.poll(cacheNames).toEqual([first]);
    await stop();
    expect(await builds()).toEqual(old);

    // A page that is open over the update finds what it loads later; opened anew it is the new one.
    await start();
    await page.reload();
    await signIn(await createHolder());
    await start(next);
    await page.evaluate('localStorage.setItem("tickfolio.recent", JSON.stringify(["btcusdt"]))');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('You are signed out on all devices.').waitFor();
    await expect.poll(() => page.evaluate('Object.keys(localStorage)')).toEqual([]);
    expect(await builds()).toEqual(newer);
    await worksWith(first, 'tickfolio-NEXT');
    await stop();
    expect(await builds()).toEqual(newer);

    // What is two builds old is gone.
    await start(last);
    await page.reload();
    await worksWith('tickfolio-NEXT', 'tickfolio-LAST');
    expect(faults).toEqual([]);
    await context.close();
  });
});
