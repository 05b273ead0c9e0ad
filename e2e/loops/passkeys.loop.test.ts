import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { type Browser, type Page, startChromium } from '@tickfolio/lib/kit/chromium';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAccountStack } from '../kit/account-stack.js';
import { callJson } from '../kit/client.js';
import { addVirtualAuthenticator } from '../kit/virtual-authenticator.js';

// Chromium with a virtual authenticator makes passkeys and signs in with them, at the server and behind a proxy.

const password = 'correct horse battery';

/** A proxy that hides under which name it was asked. */
const startRewritingProxy = async (port: number) => {
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: `127.0.0.1:${port}` };
    const onward = request({ host: '127.0.0.1', port, method: asked.method, path: asked.url, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

interface Given {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the page's forms do: options from the server, the browser's answer back to it. */
const inPage = (page: Page, kind: 'create' | 'get', paths: readonly [string, string], token = '') =>
  page.evaluate(`(async ([how, optionsPath, answerPath, bearer]) => {
    const post = async (path, body) => {
      const headers = bearer ? { authorization: 'Bearer ' + bearer } : {};
      if (body) headers['content-type'] = 'application/json';
      const answer = await fetch(path, { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      return { status: answer.status, body: await answer.json() };
    };
    const begun = await post(optionsPath);
    if (begun.status !== 200) return begun;
    const { ticket, options } = begun.body;
    const publicKey =
      how === 'create'
        ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
        : PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const response = (await navigator.credentials[how]({ publicKey })).toJSON();
    return post(answerPath, how === 'create' ? { ticket, name: 'Laptop', response } : { ticket, response });
  })(${JSON.stringify([kind, ...paths, token])})`) as Promise<Given>;

const browser = await startChromium();

describe.runIf(browser)('a passkey in a browser', () => {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  let base = '';
  let behind = '';
  let page: Page;
  beforeAll(async () => {
    const own = <T extends { close(): unknown }>(one: T): T => {
      closing.push(() => one.close());
      return one;
    };
    own(browser as Browser);
    const stack = own(await startAccountStack(clock));
    const proxy = own(await startRewritingProxy(stack.port));
    base = `http://localhost:${stack.port}`;
    behind = `http://localhost:${proxy.port}`;
    page = await (browser as Browser).newPage();
    await addVirtualAuthenticator(page);
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('is made at localhost and signs in there, and behind a proxy that rewrites the host', async () => {
    const who = { name: 'passkey-owner', password };
    const api = `${base}/api/v1`;
    expect((await callJson(api, 'POST', '/auth/register', who)).status).toBe(201);
    const { accessToken } = (await callJson(api, 'POST', '/auth/login', who)).body as { accessToken: string };
    await page.goto(`${base}/docs`);
    const account = '/api/v1/account';
    const added = await inPage(page, 'create', [`${account}/passkeys/options`, `${account}/passkeys`], accessToken);
    expect(added).toMatchObject({ status: 201, body: { passkey: { name: 'Laptop', relyingPartyId: 'localhost' } } });
    for (const place of [base, behind]) {
      await page.goto(`${place}/docs`);
      const login = await inPage(page, 'get', ['/api/v1/auth/passkey/options', '/api/v1/auth/passkey/verify']);
      expect(login).toMatchObject({ status: 200, body: { accessToken: expect.any(String) } });
      const token = String(login.body.accessToken);
      const proved = await inPage(
        page,
        'get',
        [`${account}/reauthenticate/options`, `${account}/reauthenticate`],
        token,
      );
      expect(proved).toMatchObject({ status: 200, body: { freshUntil: expect.any(String) } });
      const overview = await callJson(api, 'GET', '/account', undefined, { authorization: `Bearer ${token}` });
      expect(overview.body).toMatchObject({ name: who.name, passkeys: 1 });
    }
  }, 120_000);

  it('is not made where the page was opened by an address, and the answer says why', async () => {
    const who = { name: 'address-owner', password };
    const api = `${base}/api/v1`;
    await callJson(api, 'POST', '/auth/register', who);
    const { accessToken } = (await callJson(api, 'POST', '/auth/login', who)).body as { accessToken: string };
    await page.goto(`${base.replace('localhost', '127.0.0.1')}/docs`);
    const paths = ['/api/v1/account/passkeys/options', '/api/v1/account/passkeys'] as const;
    expect(await inPage(page, 'create', paths, accessToken)).toMatchObject({
      status: 409,
      body: { errors: [{ reason: 'passkey-address' }] },
    });
  }, 60_000);
});
