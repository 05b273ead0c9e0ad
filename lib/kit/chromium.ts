import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export type { Browser, BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const installed = (): string | undefined =>
  [process.env.CHROMIUM, ...places].find((path) => path !== undefined && path !== '' && existsSync(path));
/**
 * Playwright's own, because Chromium heeds the last such list alone, and the two pages of its address bar: each window
 * would load them, unseen, in a process of their own, which takes longer than most of ours.
 */
const leftOut = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay'],
  ...['HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  ...['PreconnectToSearch', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
];
// A sandbox needs rights that root in a container does not have; only our own pages are opened.
const usual = ['--no-sandbox', '--disable-gpu', `--disable-features=${leftOut.join()}`];

/**
 * Starts an installed Chromium.
 * @param more arguments besides the usual ones
 * @returns undefined, with a line on standard error, when there is none; in CI (`CI` set) that is an error.
 */
export const startChromium = async (more: readonly string[] = []): Promise<Browser | undefined> => {
  const executablePath = installed();
  if (executablePath === undefined) {
    const sentence =
      'Chromium is not installed, so no page was tried in a browser here (Debian: apt-get install chromium)';
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`NOT COVERED: ${sentence}\n`);
    return undefined;
  }
  return chromium.launch({ executablePath, args: [...usual, ...more] });
};

/**
 * Starts Chromium, where `startChromium` found one, with a profile of the test's making. @param folder of the profile
 */
export const openChromiumProfile = (folder: string, options: BrowserContextOptions = {}): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, { ...options, executablePath: installed() ?? '', args: usual });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What axe-core finds wrong with a page (WCAG 2.2 AA and its best practices), in words. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as AxeAnswer;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
};
