import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { startChromium } from '@tickfolio/lib/kit/chromium';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../app.js';
import { createFakeAuth, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createHolder, openWindow } from '../kit/page.js';

// Two builds of the page behind a balancer that sends every request elsewhere, as during an update without affinity.

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-two-builds-'));

/** The built page as another build would be: the same, under other names. */
const makeOtherBuild = (): string => {
  const at = join(folder, 'page');
  cpSync(builtPage, at, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) });
  const names = readdirSync(join(at, 'assets'));
  const renamed = new Map(names.map((name) => [name, name.replace(/-.{8}\./, '-otherone.')]));
  const texts = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|css|html)$/.test(name));
  for (const name of texts) {
    let text = readFileSync(join(at, name), 'utf8');
    for (const [before, after] of renamed) text = text.replaceAll(before, after);
    writeFileSync(join(at, name), text);
  }
  for (const [before, after] of renamed) renameSync(join(at, 'assets', before), join(at, 'assets', after));
  return at;
};

/** Each request goes to the next one. */
const startBalancer = async (ports: readonly number[]): Promise<{ url: string; server: Server }> => {
  let turn = 0;
  const next = () => ports[turn++ % ports.length];
  const server = createServer((request, response) => {
    const onward = forward(
      { host: '127.0.0.1', port: next(), path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, socket, head) => {
    const onward = forward({
      host: '127.0.0.1',
      port: next(),
      path: request.url,
      method: 'GET',
      headers: request.headers,
    });
    onward.on('upgrade', (answer, far) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      far.write(head);
      far.pipe(socket).pipe(far);
      for (const end of [far, socket]) end.on('error', () => undefined);
    });
    onward.on('response', () => socket.destroy());
    onward.on('error', () => socket.destroy());
    onward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

const browser = await startChromium();
let postgres: Postgres;
let older: TestBff;
let newer: TestBff;
let balancer: { url: string; server: Server };
beforeAll(async () => {
  postgres = await openTestPostgres();
  const shared = { postgres, auth: createFakeAuth(systemClock), pubsub: createMemoryPubSub() };
  older = await startTestBff({ ...shared, options: { webFolder: builtPage } });
  newer = await startTestBff({ ...shared, options: { webFolder: makeOtherBuild() } });
  balancer = await startBalancer([older.port, newer.port]);
});
afterAll(async () => {
  await browser?.close();
  balancer?.server.closeAllConnections();
  balancer?.server.close();
  await older?.close();
  await newer?.close();
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!browser)('during an update', { timeout: 120_000 }, () => {
  it('everybody gets a whole page, with every part that is loaded later, whichever replica answers', async () => {
    const name = await createHolder(older);
    const builds = new Set<string>();
    // Which replica answers is a matter of what else is asked for: until both did.
    for (let visit = 0; visit < 3 || (builds.size < 2 && visit < 9); visit++) {
      const { page, context, signIn, faults } = await openWindow(
        browser,
        visit === 2 ? {} : { serviceWorkers: 'block' },
      );
      let loads = 0;
      page.on('load', () => loads++);
      const missing: string[] = [];
      page.on('response', (answer) => answer.status() === 404 && missing.push(answer.url()));
      await page.goto(balancer.url);
      builds.add(String(await page.evaluate('document.querySelector("script[type=module]").src')));
      await signIn(name);
      await page.getByTestId('total').getByText('50,000').waitFor();
      await page.goto(`${balancer.url}/assets/BTC`);
      await page.getByRole('heading', { name: /BTC/ }).first().waitFor();
      expect({ missing, faults, loads }).toEqual({ missing: [], faults: [], loads: 2 });
      await context.close();
    }
    expect(builds.size).toBe(2);
  });

  const gone = { status: 404, contentType: 'application/problem+json', body: '{}' };
  it('whose script is nowhere is told so after one more try, not sent round in circles', async () => {
    const { page, context } = await openWindow(browser, { serviceWorkers: 'block' });
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    await page.route(/\/assets\/index-[^/]+\.js$/, (route) => route.fulfill(gone));
    await page.goto(balancer.url);
    await page
      .getByRole('alert')
      .getByText(/could not be loaded/)
      .waitFor();
    await page.waitForTimeout(3_000);
    // One try for each of the two builds.
    expect(loads).toBeLessThanOrEqual(3);
    await page.unroute(/\/assets\/index-[^/]+\.js$/);
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.locator('.welcome').getByRole('link', { name: 'Sign in' }).waitFor();
    await context.close();
  });
  it.each([
    ['keeps something for a page', ''],
    [
      'keeps nothing',
      'Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("", "SecurityError"); } })',
    ],
  ])('a part that is nowhere is asked for some times, not for ever, in a browser that %s', async (_what, script) => {
    const { page, context, signIn } = await openWindow(browser, { serviceWorkers: 'block' });
    if (script) await page.addInitScript(script);
    await page.goto(balancer.url);
    await signIn(await createHolder(older));
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    await page.route(/\/assets\/coin-page-/, (route) => route.fulfill(gone));
    await page.goto(`${balancer.url}/assets/BTC`);
    await page.getByRole('heading', { name: 'This page broke' }).waitFor();
    await page.waitForTimeout(3_000);
    expect(loads).toBeLessThanOrEqual(3);
    await context.close();
  });
});
