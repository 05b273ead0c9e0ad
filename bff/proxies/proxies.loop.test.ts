import { once } from 'node:events';
import { request } from 'node:https';
import { startChromium } from '@tickfolio/lib/kit/chromium';
import { freePort } from '@tickfolio/lib/kit/free-port';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtDocuments, builtPage } from '../app.js';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { openWindow, password, waitMs } from '../kit/page.js';
import { createTestProxies, findProxies, type TestProxy } from '../kit/proxies.js';
import { siteName } from '../kit/proxy-files.js';

// The built page in Chromium, behind real proxies: as people write them, and as deploy/proxies has them.

const installed = findProxies();
// Names, as people have them at home and on the web; over plain http a browser says less than over https or on
// localhost.
const names = `--host-resolver-rules=MAP nas 127.0.0.1,MAP ${siteName} 127.0.0.1`;
const browser = await startChromium([names]);
const proxies = createTestProxies();
let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(async () => {
  await browser?.close();
  await proxies.close();
  await postgres.close();
});

/** A BFF with a price that moves while `work` looks. */
const withBff = async (
  options: Parameters<typeof startTestBff>[0]['options'],
  work: (bff: TestBff) => Promise<void>,
) => {
  const given = { webFolder: builtPage, documentsFolder: builtDocuments, ...options };
  const bff = await startTestBff({ postgres, options: given });
  let price = 50_000;
  const ticking = setInterval(() => bff.publish('btcusdt', String(++price)), 500);
  try {
    await work(bff);
  } finally {
    clearInterval(ticking);
    await bff.close();
  }
};
let visitors = 0;

/** Signs up, adds a coin, sees its value move, reloads, and sees it again; signs out everywhere at the end. */
const visit = async (address: string, how: 'live' | 'reading') => {
  const window = await openWindow(browser, { ignoreHTTPSErrors: true });
  const { page, faults } = window;
  const total = page.getByTestId('total');
  const sees = async () => {
    await total.getByText(/5\d,\d{3}/).waitFor();
    if (how === 'live') await page.locator('.freshness').getByText('Live', { exact: true }).waitFor();
    else await page.getByText('Live connection blocked; updating about every 3 s.').waitFor();
    await expect.poll(() => page.getByText('saving').count()).toBe(0);
  };
  await window.signUp(address, `visitor-${++visitors}`);
  await window.addCoin('bitcoin', '1');
  await sees();
  const before = await total.innerText();
  await expect.poll(() => total.innerText(), { timeout: waitMs }).not.toBe(before);
  await page.reload();
  await sees();
  return {
    ...window,
    leave: async () => {
      await page.getByRole('button', { name: /^Account/ }).click();
      await page.getByRole('link', { name: 'Security' }).click();
      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByText('You are signed out on all devices.').waitFor();
      expect(faults).toEqual([]);
      await window.context.close();
    },
  };
};

describe.skipIf(!browser)('a person behind a proxy as people write it', { timeout: 120_000 }, () => {
  it.skipIf(!installed.has('nginx'))(
    'signs in and sees values behind nginx without a word about Host or upgrades, and live ones once it lets them through',
    async () => {
      await withBff({}, async ({ port: upstream }) => {
        const port = await freePort();
        const bare = await proxies.plainNginx('bare', upstream, port);
        const { page, leave } = await visit(`http://nas:${port}/`, 'reading');
        await bare.close();
        await proxies.plainNginx('usual', upstream, port);
        await page.evaluate('dispatchEvent(new Event("online"))'); // It would try by itself, up to 10 s later.
        await page.locator('.freshness').getByText('Live', { exact: true }).waitFor();
        await page.getByText('Live connection blocked').waitFor({ state: 'detached' });
        await leave();
      });
    },
  );
  const ways = [
    [
      'nginx that passes upgrades and the name without its port',
      'nginx',
      (upstream: number) => proxies.plainNginx('usual', upstream),
    ],
    ['HAProxy', 'haproxy', (upstream: number) => proxies.least('haproxy', upstream)],
    ['Caddy', 'caddy', (upstream: number) => proxies.least('caddy', upstream)],
    ['Traefik', 'traefik', (upstream: number) => proxies.least('traefik', upstream)],
  ] as const;
  it.each(ways.filter(([, name]) => installed.has(name)))(
    'signs in and sees live values behind %s',
    async (_what, _name, start) => {
      await withBff({}, async ({ port: upstream }) => {
        const { port } = await start(upstream);
        // Traefik listens before it knows where to.
        await expect.poll(() => fetch(`http://127.0.0.1:${port}/health`).then(({ status }) => status)).toBe(200);
        await (await visit(`http://nas:${port}/`, 'live')).leave();
      });
    },
  );
});

/** A login through the proxy from an address of the caller's own. */
const logInFrom = async (
  localAddress: string,
  { port }: TestProxy,
  headers: Record<string, string> = {},
): Promise<number> => {
  const body = JSON.stringify({ name: 'nobody', password });
  const asked = request({
    ...{
      host: '127.0.0.1',
      port,
      localAddress,
      servername: siteName,
      rejectUnauthorized: false,
      method: 'POST',
      agent: false,
    },
    path: '/api/v1/auth/login',
    headers: {
      host: `${siteName}:${port}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...headers,
    },
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
};

describe.skipIf(!browser)('our configuration', { timeout: 120_000 }, () => {
  const maxAuthCalls = 5;
  it.each([...installed])(
    'of %s serves live values over https, and limits attempts by the visitor’s own address',
    async (name) => {
      // The proxy has to know the server's port, and the server the proxy's: each is there before the other is asked.
      const upstream = await freePort();
      const proxy = await proxies.recommended(name, upstream);
      const site = `https://${siteName}:${proxy.port}/`;
      const address = { host: '127.0.0.1', port: upstream };
      const options = { address, publicUrls: [site], trustProxy: ['127.0.0.1'], secureCookie: true, maxAuthCalls };
      await withBff(options, async (bff) => {
        await expect.poll(() => logInFrom('127.0.0.9', proxy)).toBe(401);
        await (await visit(site, 'live')).leave();
        // One visitor, who claims to be others, has his attempts; another still has all of his.
        const attempts: number[] = [];
        for (let i = 0; i <= maxAuthCalls; i++)
          attempts.push(await logInFrom('127.0.0.10', proxy, { 'x-forwarded-for': `203.0.113.${i}` }));
        expect(attempts).toEqual([...Array(maxAuthCalls).fill(401), 429]);
        expect(bff.auth.calls.at(-1)?.meta.clientAddress).toBe('127.0.0.10');
        expect(await logInFrom('127.0.0.11', proxy)).toBe(401);
      });
    },
  );
});

describe.skipIf(!browser || !installed.has('nginx'))('the page under a path of its host', { timeout: 120_000 }, () => {
  it.each(['the path', 'the rest'] as const)(
    'is all there behind a proxy that passes on %s, also without a network',
    async (passes) => {
      await withBff({ basePath: '/tickfolio/' }, async ({ port: upstream }) => {
        const { port } = await proxies.underPath('/tickfolio/', passes, upstream);
        const site = `http://127.0.0.1:${port}/tickfolio`;
        const { page, context, leave } = await visit(site, 'live');
        expect(page.url()).toBe(`${site}/`);
        await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
        await expect
          .poll(() => page.evaluate('navigator.serviceWorker.controller?.scriptURL'))
          .toBe(`${site}/worker.js`);
        await expect
          .poll(() => page.evaluate('caches.keys()'))
          .toEqual([expect.stringMatching(/^tickfolio \/tickfolio\/ \w{16}$/)]);
        await page.goto(`${site}/coins/btcusdt`);
        await page
          .getByRole('heading', { name: /Bitcoin/ })
          .first()
          .waitFor();
        await context.setOffline(true);
        await page.goto(`${site}/account`);
        await page.getByRole('heading', { name: 'You are offline' }).waitFor();
        await context.setOffline(false);
        await page.goto(`${site}/docs`);
        await page.getByText('Signs in', { exact: true }).first().waitFor();
        await page.goto(site);
        await page.getByTestId('total').waitFor();
        await leave();
      });
    },
  );
});
