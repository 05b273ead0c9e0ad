import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChromium } from '@tickfolio/lib/kit/chromium';
import type { BrowserContextOptions, Page, Request, Route, WebSocketRoute } from 'playwright-core';
import { afterAll } from 'vitest';
import { type TestFrame, userOf } from './frame.js';
import { usualPortfolios } from './portfolios.js';
import { Refused } from './refused.js';

// The built page in Chromium, with a server that says what a test wants it to say: any time, any price, any history.

/** Without a Chromium nothing here is covered, which is said on standard error and fails in CI. */
export const browser = await startChromium();
afterAll(() => browser?.close());

export const origin = 'https://tickfolio.test';
const built = fileURLToPath(new URL('../../dist/page', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** As strict as the BFF's own, which its tests and the journeys hold. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'";
/** Beside other work on a small machine a page takes its time. */
const waitMs = 45_000;

/** Remembers a session, as the page does; not on the empty page that every tab begins with. */
const signedInScript = "if (location.protocol === 'https:') localStorage.setItem('tickfolio.session', '1');";
/** Its worker is no part of these tests. */
const usualWords = /Service Worker registration blocked/;

/**
 * What the server answers, by the path after `/api/v1/`; a function is asked each time, with the query, the method and the
 * whole request, undefined is a fault of the server, and what is `Refused` is.
 */
export type Answers = Readonly<Record<string, unknown>>;

export const listed = ['BTC', 'ETH', 'SOL', 'DOGE'].map((base) => ({
  Symbol: `${base.toLowerCase()}usdt`,
  BaseAsset: base,
  QuoteAsset: 'USDT',
  StepSize: '0.00001000',
}));

type Ask = (search: string, method: string, request: Request) => unknown;

const iso = '2026-06-15T11:00:00.000Z';
/** Of somebody who signed up an hour before noon, and did nothing since. */
export const account = {
  id: userOf.id,
  name: userOf.name,
  role: null,
  createdAt: iso,
  passwordChangedAt: null,
  recoveryCodesLeft: 10,
  totp: false,
  passkeys: 0,
  freshUntil: iso,
};
const here = { device: 'Firefox on Linux', network: '203.0.113.0/24' };
/** The last 24 hours of what is listed. */
const tickers = listed.map(({ Symbol: symbol, BaseAsset: base, QuoteAsset: quote }) => ({
  ...{ symbol, base, quote, status: 'trading', price: '1234.5', time: '2026-06-15T12:00:00.000Z', age: 0 },
  ...{ change1h: '0.1', change24h: '-1.5', change7d: null, low24h: '1200', high24h: '1300', range24h: '0.345' },
  ...{ volume24h: '1000', quoteVolume24h: '1234500', quoteVolumeUsdt24h: '1234500', spark7d: ['1200', null, '1234.5'] },
}));

/** A token as the page reads it, of the user of the frames. */
export const tokenOf = (issuedS: number, name = userOf.name): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({})}.${part({ sub: userOf.id, name, iat: issuedS, exp: issuedS + 3_600 })}.x`;
};

const usual: Answers = {
  'auth/login': { accessToken: tokenOf(1) },
  'auth/second-factor': { accessToken: tokenOf(1) },
  'auth/recover': { message: 'password changed successfully', recoveryCodesLeft: 9 },
  'auth/register': { message: 'user created successfully' },
  'auth/passkey/options': { ticket: 'a.b', options: { challenge: 'AAAA', rpId: new URL(origin).hostname } },
  'auth/cookie': { kept: true, needsHttps: false },
  account,
  'account/passkeys': { passkeys: [], next: null },
  'account/sessions': {
    sessions: [{ id: 's1', current: true, ...here, createdAt: iso, lastUsedAt: iso, expiresAt: iso }],
    next: null,
  },
  'account/log': {
    entries: [{ at: iso, action: 'account-created', outcome: 'ok', detail: here }],
    next: null,
  },
  symbols: { Symbols: listed },
  tickers: (search: string) => {
    const base = new URLSearchParams(search).get('base');
    const found = tickers.filter((ticker) => base === null || ticker.base === base);
    return { asOf: '2026-06-15T12:00:00.000Z', stale: null, simulated: true, tickers: found, next: null };
  },
  watchlist: { watchlist: [], version: 0, next: null },
  orders: { orders: [], next: null },
  ...usualPortfolios,
  'profile/day': { Since: '', Opens: [] },
  'profile/day-trails': { Simulated: false, Trails: [] },
  'profile/value': { Range: '24h', Points: [] },
  'profile/value/held': { Range: '24h', StepSeconds: 300, Simulated: false, Points: [], Left: [] },
};

/** Of coins that a test says nothing about: no candles yet, and leave to look at them; and of portfolios, which nobody shares. */
const usualOf = (name: string): unknown =>
  name.startsWith('klines/')
    ? { klines: [], gaps: [], next: null, simulated: false }
    : name.startsWith('leases/')
      ? { seconds: 60 }
      : /^portfolios\/[^/]+\/shares$/.test(name)
        ? { shares: [], next: null }
        : undefined;

/** Waits until what came before is drawn, and the picture after it too. */
export const drawn = (page: Page) =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

/** Points at a place of the chart, as part of its width. */
export const pointAt = async (page: Page, box: string, part: number) => {
  const found = await page.locator(box).first().boundingBox();
  if (!found) throw new Error(`${box} is not there`);
  await page.mouse.move(found.x + found.width * part, found.y + found.height / 2);
  await drawn(page);
};

export interface Window {
  readonly page: Page;
  /** Sends a frame to every tab that is open, or where it is of a portfolio that is viewed, to those that view it. */
  send(frame: TestFrame): Promise<void>;
  /**
   * Ends every connection, as a server that is restarted does; each tab comes back by itself. @param until from when on
   * the server sends frames again @param code that it closes with
   */
  cut(until?: Promise<void>, code?: number): Promise<void>;
  /** Another tab with the same session. */
  openTab(path?: string): Promise<Page>;
  /** Sends a message of a channel to every tab that is open. */
  tell(message: object): Promise<void>;
  /** What tabs sent over their connections, oldest first. */
  readonly sent: readonly string[];
  /** Answers otherwise from now on. */
  answer(more: Answers): void;
}

export interface WindowOptions extends BrowserContextOptions {
  readonly path?: string;
  readonly signedIn?: boolean;
  readonly userName?: string;
  readonly answers?: Answers;
  /** The first frame; each tab gets the newest one when it connects. */
  readonly frame?: TestFrame;
  /** Of portfolios that can be viewed, by their ids; of others the server says that they are not there. */
  readonly views?: Readonly<Record<string, TestFrame>>;
  /** What the browser may complain about. */
  readonly expected?: RegExp;
}

const fulfill = async (route: Route, answers: Answers): Promise<void> => {
  const { pathname, search } = new URL(route.request().url());
  if (pathname.startsWith('/api/v1/')) {
    const name = pathname.slice('/api/v1/'.length);
    const found = name in answers ? answers[name] : usualOf(name);
    const request = route.request();
    const json = typeof found === 'function' ? await (found as Ask)(search, request.method(), request) : found;
    if (json instanceof Refused) await route.fulfill(json);
    else await route.fulfill(json === undefined ? { status: 503, json: { detail: 'away' } } : { json });
    return;
  }
  const file = join(built, pathname);
  const path = extname(pathname) !== '' && existsSync(file) ? file : join(built, 'index.html');
  const headers = {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': policy,
  };
  const body = readFileSync(path);
  await route.fulfill({ body: extname(path) === '.html' ? body.toString().replaceAll('="./', '="/') : body, headers });
};

/** Opens the page in a window of its own, closed after `work`, and fails on what the browser complains about. */
export const withWindow = async (options: WindowOptions, work: (window: Window) => Promise<void>): Promise<void> => {
  if (!browser) return;
  const {
    path = '/',
    signedIn = true,
    userName,
    answers: given = {},
    frame,
    views = {},
    expected = /(?!)/,
    ...context
  } = options;
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    serviceWorkers: 'block',
    ...context,
  });
  opened.setDefaultTimeout(waitMs);
  const faults: string[] = [];
  /** With what each views. */
  const sockets = new Map<WebSocketRoute, string>();
  const viewed = new Map(Object.entries(views));
  const sent: string[] = [];
  let newest = frame;
  let isCut = false;
  let answers: Answers = {
    ...usual,
    'auth/refresh': { accessToken: tokenOf(0, userName) },
    // Asked for where the first connection takes long to open, on a machine that has other things to do.
    'profile/frame': () => (isCut ? undefined : newest),
    ...given,
  };
  let sending = Promise.resolve();
  opened.on('page', (page) => {
    page.on('pageerror', (err) => faults.push(err.message));
    page.on('console', (message) => {
      if (
        ['error', 'warning'].includes(message.type()) &&
        !usualWords.test(message.text()) &&
        !expected.test(message.text())
      )
        faults.push(message.text());
    });
  });
  await opened.route(`${origin}/**`, (route) => fulfill(route, answers));
  await opened.routeWebSocket(/\/api\/v1\/ws(\/demo)?$/, (socket) => {
    let isOpen = true;
    const newestOf = (id: string) => (id === 'default' ? newest : viewed.get(id));
    let wanted = 'default';
    socket.onMessage((text) => {
      sent.push(String(text));
      const { type, portfolioId } = JSON.parse(String(text)) as { type: string; portfolioId?: string };
      if (type !== 'view' || portfolioId === undefined) return;
      if (portfolioId !== 'default' && !viewed.has(portfolioId)) {
        socket.send(JSON.stringify({ Type: 'error', Detail: 'There is no such portfolio.' }));
        return;
      }
      wanted = portfolioId;
      const now = newestOf(wanted);
      if (!sockets.has(socket) || !now) return;
      sockets.set(socket, wanted);
      socket.send(JSON.stringify(now));
    });
    socket.onClose(() => {
      isOpen = false;
      sockets.delete(socket);
    });
    void sending.then(() => {
      if (!isOpen) return;
      sockets.set(socket, wanted);
      // As the server does: those of the default portfolio come first.
      const first = [newest, ...(wanted === 'default' ? [] : [newestOf(wanted)])];
      for (const one of first) if (one) socket.send(JSON.stringify(one));
    });
  });
  if (signedIn) await opened.addInitScript(signedInScript);
  const openTab = async (to = path) => {
    const tab = await opened.newPage();
    await tab.goto(origin + to);
    return tab;
  };
  try {
    const page = await openTab();
    const tell = async (message: object, of?: string) => {
      for (const [socket, id] of sockets) if (of === undefined || id === of) socket.send(JSON.stringify(message));
      for (const tab of opened.pages()) await drawn(tab);
    };
    await work({
      page,
      openTab,
      tell,
      sent,
      send: (next) => {
        const { PortfolioID: id = 'default' } = next;
        if (id === 'default') newest = next;
        else viewed.set(id, next);
        return tell(next, id);
      },
      cut: async (until = Promise.resolve(), code = 1_001) => {
        isCut = true;
        sending = until;
        await Promise.all([...sockets.keys()].map((socket) => socket.close({ code, reason: 'restart' })));
        sockets.clear();
      },
      answer: (more) => {
        answers = { ...answers, ...more };
      },
    });
    if (faults.length > 0) throw new Error(`the browser complained: ${faults.join('\n')}`);
  } finally {
    await opened.close();
  }
};
