import { type Browser, startChromium } from '@tickfolio/lib/kit/chromium';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { median } from '../measure/latencies.js';
import { startAllInOne } from '../measure/program.js';
import { short, times, whole } from '../measure/table.js';
import { type Account, createAccount } from './account.js';
import { signIn, startMs } from './browser-page.js';

// How long somebody waits for the total who opens the page for the first time, signed in already, on a slow phone and a
// slow line.

const rounds = 3;
const cpuTimes = 4;
/** Bytes a second of 1.6 and 0.75 Mbit/s, and the delay of such a line. */
const line = { downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, latency: 150, offline: false };
const goals = { totalSeconds: 2.5, shift: 0.02, longTaskMs: 200, calmAfterMs: 3_000 } as const;
/** How often it is asked whether the total is there; when it was, the page notes itself. */
const lookMs = 200;
/** So long the page is looked at after that. */
const watchedMs = 5_000;
const coins = ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt', 'xrpusdt'];
const screens = [
  { name: 'wide', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
] as const;

/** Notes within the page when its total can be read, what moved, and what kept the thread busy. */
const notes = `(() => {
  window.first = { totalMs: undefined, shift: 0, tasks: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.first.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.first.tasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (/\\d/.test(document.querySelector('.total-value')?.textContent ?? '')) window.first.totalMs ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

interface Opening {
  readonly totalMs: number;
  /** Of the layout, as browsers count it, all together. */
  readonly shift: number;
  /** Begin and length of each that took 50 ms or more, in ms. */
  readonly tasks: readonly (readonly [beginMs: number, tookMs: number])[];
}

/** Opens the page in a browser that knows the session and nothing else. */
const openOnce = async (
  browser: Browser,
  base: string,
  account: Account,
  viewport: (typeof screens)[number]['viewport'],
  isSlow: boolean,
): Promise<Opening> => {
  const before = await browser.newContext();
  const first = await before.newPage();
  first.setDefaultTimeout(startMs);
  await signIn(first, base, account);
  await first.locator('.total-value').waitFor();
  const storageState = await before.storageState();
  await before.close();
  const context = await browser.newContext({ viewport, storageState, locale: 'en-GB' });
  context.setDefaultTimeout(startMs);
  try {
    await context.addInitScript(notes);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    if (isSlow) {
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuTimes });
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', line);
    }
    await page.goto(base, { waitUntil: 'commit' });
    // The page's policy lets nothing wait inside of it that is not its own.
    for (const endMs = performance.now() + startMs; !(await page.evaluate('window.first?.totalMs')); ) {
      if (performance.now() > endMs) throw new Error('the total was never there');
      await page.waitForTimeout(lookMs);
    }
    await page.waitForTimeout(watchedMs);
    return (await page.evaluate('window.first')) as Opening;
  } finally {
    await context.close();
  }
};

const rowOf = (name: string, openings: readonly Opening[], floorMs?: number): string[] => {
  const totalMs = median(openings.map((opening) => opening.totalMs));
  const late = openings.flatMap(({ tasks }) => tasks.filter(([beginMs]) => beginMs >= goals.calmAfterMs));
  return [
    name,
    short(Math.min(...openings.map((opening) => opening.totalMs)) / 1_000),
    short(totalMs / 1_000),
    floorMs === undefined ? 'floor' : times(totalMs / floorMs),
    Math.max(...openings.map(({ shift }) => shift)).toFixed(3),
    whole(Math.max(0, ...openings.flatMap(({ tasks }) => tasks.map(([, tookMs]) => tookMs)))),
    whole(Math.max(0, ...late.map(([, tookMs]) => tookMs))),
  ];
};

export const first: Benchmark = {
  name: 'first',
  about: 'the page opened for the first time, on a slow line and a slow phone: until its total can be read',
  run: async ({ say }) => {
    const browser = await startChromium();
    if (!browser) throw new Error('The page needs Chromium, which is not installed.');
    const folder = await temporaryFolder();
    const run = startAllInOne(folder.path);
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, startMs);
      const account = await createAccount(base, coins);
      const rows: string[][] = [];
      for (const { name, viewport } of screens) {
        const [quick, slow]: [Opening[], Opening[]] = [[], []];
        for (let round = 0; round < rounds; round++) {
          say(`${name}, round ${round + 1} of ${rounds}`);
          quick.push(await openOnce(browser, base, account, viewport, false));
          slow.push(await openOnce(browser, base, account, viewport, true));
        }
        const floorMs = median(quick.map(({ totalMs }) => totalMs));
        rows.push(rowOf(`${name}, as this machine is`, quick));
        rows.push(rowOf(`${name}, CPU ${cpuTimes} times slower, 1.6 Mbit/s`, slow, floorMs));
      }
      return {
        title: 'first: the page opened for the first time by who is signed in, until its total can be read',
        columns: ['screen', 'best s', 'median s', 'of floor', 'shift', 'longest task ms', 'after 3 s'],
        rows,
        notes: [
          `${coins.length} coins of the built-in simulator, nothing in the browser's cache, 150 ms of delay on the slow line.`,
          `Goals on the slow line: the total within ${goals.totalSeconds} s, layout shifts of at most ${goals.shift} together, no task longer than ${goals.longTaskMs} ms after ${goals.calmAfterMs / 1_000} s. The server runs on the same cores.`,
        ],
      };
    } finally {
      await run.close();
      await browser.close();
      await folder.remove();
    }
  },
};
