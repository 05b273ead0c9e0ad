import { startChromium } from '@tickfolio/lib/kit/chromium';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { type AllInOne, startAllInOne } from './all-in-one.js';
import { askAgain, callJson } from './client.js';

/**
 * A Chromium, where one is installed; without it nothing of the page is covered, which is said on standard error and
 * fails in CI.
 */
export const browser = await startChromium();
afterAll(() => browser?.close());

/** Beside other tests on a small machine a page takes its time. */
const waitMs = 45_000;

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained about so far. */
  readonly faults: string[];
}

/**
 * Opens a window of its own, closed when `work` is done, and fails on what the browser complains about, but for what is
 * expected.
 */
export const withPage = async (
  options: BrowserContextOptions,
  work: (open: OpenPage) => Promise<void>,
  expected: RegExp = /(?!)/,
  inside = browser,
): Promise<void> => {
  if (!inside) return;
  const context = await inside.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(waitMs);
  const faults: string[] = [];
  context.on('page', (page) => {
    page.on('pageerror', (err) => faults.push(err.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !expected.test(message.text()))
        faults.push(`${message.text()} (${message.location().url})`);
    });
  });
  try {
    const page = await context.newPage();
    await work({ page, faults });
    if (faults.length > 0) throw new Error(`the browser complained: ${faults.join('\n')}`);
  } finally {
    await context.close();
  }
};

export interface TestAccount {
  readonly name: string;
  readonly password: string;
}

let accounts = 0;

/** An account with coins, made over REST. */
export const createAccount = async (
  base: string,
  coins: Readonly<Record<string, string>> = {},
  name?: string,
): Promise<TestAccount> => {
  const account = { name: name ?? `page-${process.pid}-${++accounts}`, password: 'correct horse battery' };
  // The key makes it safe to ask again.
  const key = { 'idempotency-key': `${account.name}-made` };
  await askAgain(() => callJson(base, 'POST', '/api/v1/auth/register', account, key), 201);
  const login = async () => {
    const { body } = await askAgain(() => callJson(base, 'POST', '/api/v1/auth/login', account), 200);
    return { authorization: `Bearer ${String(body.accessToken)}` };
  };
  let bearer = await login();
  for (const [symbol, quantity] of Object.entries(coins)) {
    const asked = { 'idempotency-key': `${account.name}-${symbol}` };
    const add = () => callJson(base, 'POST', '/api/v1/profile/coins', { symbol, quantity }, { ...bearer, ...asked });
    await askAgain(async () => {
      const answer = await add();
      if (answer.status !== 401) return answer;
      bearer = await login(); // Tokens of some tests live for seconds, and many coins take longer.
      return add();
    }, 200);
  }
  return account;
};

export const signIn = async (page: Page, base: string, { name, password }: TestAccount): Promise<void> => {
  await page.goto(`${base}/sign-in`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  const inside = page.getByRole('navigation', { name: 'Pages' });
  await eventually('somebody is in', async () => {
    // Once more where a busy machine refused it for now.
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await inside.or(page.locator('.banner.fault')).first().waitFor();
    return inside.isVisible();
  });
};

/** The total with all its digits, as who points at it is told. */
export const exactTotal = async (page: Page): Promise<string> =>
  ((await page.locator('.total-value .digits').getAttribute('title')) ?? '').replaceAll(',', '');

/** Every frame that the page's sockets received, and how often each was opened. */
export const watchSockets = (page: Page) => {
  const seen = { totals: new Set<string>(), frames: 0, opened: 0, sent: 0 };
  page.on('websocket', (socket) => {
    seen.opened++;
    socket.on('framesent', () => seen.sent++);
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { TotalValue?: string };
      if (frame.TotalValue === undefined) return;
      seen.frames++;
      seen.totals.add(frame.TotalValue);
    });
  });
  return seen;
};
/** Waits until the total is another. */
export const totalMoves = async (page: Page, what: string) => {
  const before = await exactTotal(page);
  await eventually(what, async () => ((await exactTotal(page)) === before ? undefined : true), 30_000);
};
/** Picks a coin in the dialog that is open. */
export const pickByKeyboard = async (page: Page, query: string): Promise<void> => {
  await page.getByRole('combobox', { name: 'Search an asset' }).fill(query);
  await page
    .locator('[role=option][data-active-item]')
    .filter({ hasText: new RegExp(query, 'i') })
    .waitFor();
  await page.keyboard.press('Enter');
};
/** Adds a coin as who never touches the mouse does. */
export const addByKeyboard = async (page: Page, query: string, quantity: string) => {
  await page.getByRole('button', { name: 'Add asset' }).click();
  await pickByKeyboard(page, query);
  await page.getByLabel(/^How much/).fill(quantity);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

/** Starts an all-in-one run in a folder of its own. */
export const startRun = async (
  env: Record<string, string> = {},
): Promise<AllInOne & { readonly folder: string; close(): Promise<void> }> => {
  const folder = await temporaryFolder();
  const run = await startAllInOne(folder.path, env);
  return {
    ...run,
    folder: folder.path,
    close: async () => {
      await run.process.end('SIGTERM');
      await folder.remove();
    },
  };
};
