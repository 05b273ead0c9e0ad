import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@tickfolio/lib/kit/chromium';
import type { TestBff } from './bff.js';

/** Beside other work on a small machine a page takes its time. */
export const waitMs = 45_000;
export const password = 'correct horse battery';

/** A window of the built page. */
export interface TestWindow {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors that the page's scripts did not catch. */
  readonly faults: readonly string[];
  /** From the page where one signs in, or the one that leads there. */
  signIn(name: string): Promise<void>;
  /** Makes an account, which signs in too. */
  signUp(address: string, name: string): Promise<void>;
  /** Adds a coin, and waits until the server has it. */
  addCoin(query: string, quantity: string): Promise<void>;
}

const windowOf = async (context: BrowserContext): Promise<TestWindow> => {
  context.setDefaultTimeout(waitMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (err) => faults.push(err.message));
  const fill = async (name: string, action: string) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: action, exact: true }).click();
  };
  const isIn = () => page.getByRole('button', { name: /^Account/ }).waitFor();
  return {
    context,
    page,
    faults,
    signIn: async (name) => {
      // Who opens the page without an address sees first what it is.
      const way = page.locator('.welcome').getByRole('link', { name: 'Sign in' });
      await way.or(page.getByLabel('Name')).first().waitFor();
      if (await way.isVisible()) await way.click();
      await fill(name, 'Sign in');
      await isIn();
    },
    signUp: async (address, name) => {
      await page.goto(address);
      await page.getByRole('link', { name: 'Create account' }).click();
      await page.getByRole('heading', { name: 'Create account' }).waitFor(); // Until then the fields are those of the page before.
      await fill(name, 'Create account');
      await page.getByLabel('I kept them').check(); // Its recovery codes.
      await page.getByRole('button', { name: 'Continue' }).click();
      await isIn();
    },
    addCoin: async (query, quantity) => {
      await page.getByRole('button', { name: 'Add asset' }).click();
      await page.getByRole('combobox', { name: 'Search an asset' }).fill(query);
      await page
        .locator('[role=option][data-active-item]')
        .filter({ hasText: new RegExp(query, 'i') })
        .waitFor();
      await page.keyboard.press('Enter');
      await page.getByLabel(/^How much/).fill(quantity);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  };
};

export const openWindow = async (
  browser: Browser | undefined,
  options: BrowserContextOptions = {},
): Promise<TestWindow> => {
  if (!browser) throw new Error('no browser');
  return windowOf(await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options }));
};
/** A window of a browser whose profile was made by the test. */
export const windowIn = windowOf;

let people = 0;
/** An account with one bitcoin, worth 50,000. @returns its name */
export const createHolder = async (bff: TestBff): Promise<string> => {
  const name = `holder-${++people}`;
  await bff.call(undefined, 'POST', '/api/v1/auth/register', { name, password });
  const login = await bff.call(undefined, 'POST', '/api/v1/auth/login', { name, password });
  await bff.call({ token: login.body.accessToken }, 'POST', '/api/v1/profile/coins', {
    symbol: 'btcusdt',
    quantity: '1',
  });
  bff.publish('btcusdt', '50000');
  return name;
};
