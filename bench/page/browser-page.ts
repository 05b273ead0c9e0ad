import type { Browser, Page } from '@tickfolio/lib/kit/chromium';
import { none, short, whole } from '../measure/table.js';
import type { Account } from './account.js';
import { type PictureTrace, tracePictures } from './picture-trace.js';

/** A start of the whole run, and whatever the page waits for, on a slow machine. */
export const startMs = 120_000;
export const traceColumns = [
  'page',
  'pictures/s',
  'missed',
  'main ms/s',
  'a picture',
  'script',
  'layout',
  'paint',
  'commit',
  'long picture ms',
];

export const traceRow = (name: string, { shownPerSecond, missed, mainMs, parts, pictureMs }: PictureTrace) => [
  name,
  short(shownPerSecond),
  whole(missed),
  short(mainMs),
  short(pictureMs[pictureMs.length >> 1] ?? Number.NaN),
  ...[parts.script, parts.layout, parts.paint, parts.commit].map(short),
  short(pictureMs[1] ?? Number.NaN),
];
/** What a row of ratios has in the place of figures. */
export const noFigures = traceColumns.slice(1).map(() => none);

/** Something that the page's main thread has to move in every picture of the screen. */
export const moveInEveryPicture = (page: Page) =>
  page.evaluate(`(() => {
    const dot = document.createElement('div');
    dot.style.cssText = 'position:fixed;left:0;top:0;width:2px;height:2px;background:#888;will-change:transform';
    document.body.append(dot);
    let turn = 0;
    const move = () => { dot.style.transform = 'translateX(' + (turn++ % 2) + 'px)'; requestAnimationFrame(move); };
    requestAnimationFrame(move);
  })()`);

export const withPage = async <T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  context.setDefaultTimeout(startMs);
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
};

/** What this machine reaches at this moment: the same movement on a page that has nothing else. */
export const traceEmptyPage = (browser: Browser, seconds: number): Promise<PictureTrace> =>
  withPage(browser, async (page) => {
    await page.goto('about:blank');
    await moveInEveryPicture(page);
    await page.waitForTimeout(500);
    return tracePictures(browser, page, seconds);
  });

/** @param path where the page leads after signing in */
export const signIn = async (page: Page, base: string, { name, password }: Account, path = '/') => {
  await page.goto(`${base}/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};
