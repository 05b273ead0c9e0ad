import type { Browser, Page } from '@tickfolio/lib/kit/chromium';
import { withPage } from './browser-page.js';
import { type PictureTrace, tracePictures } from './picture-trace.js';

/** Down and up again by 30 points in every picture, twice as fast as one reads. */
export const scrollInEveryPicture = (page: Page) =>
  page.evaluate(`(() => {
    let step = 30;
    const scroll = () => {
      const most = document.documentElement.scrollHeight - innerHeight;
      if (scrollY >= most || (step < 0 && scrollY <= 0)) step = -step;
      scrollBy(0, step);
      requestAnimationFrame(scroll);
    };
    requestAnimationFrame(scroll);
  })()`);

const style = `body { margin: 0; font: 14px/1.5 sans-serif }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
tr { height: 48px }
td { border-bottom: 1px solid #ddd; white-space: nowrap }`;

const html = (rows: readonly (readonly string[])[]) => {
  const cells = (row: readonly string[]) => row.map((text) => `<td>${text}</td>`).join('');
  const lines = rows.map((row) => `<tr>${cells(row)}</tr>`).join('');
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><table><tbody>${lines}</tbody></table>`;
};

/**
 * What a browser needs on this machine to scroll through so many rows: a table of the same texts without any script,
 * scrolled the same way.
 * @param rows texts without marks of HTML
 */
export const tracePlainTable = (
  browser: Browser,
  rows: readonly (readonly string[])[],
  seconds: number,
): Promise<PictureTrace> =>
  withPage(browser, async (page) => {
    await page.setContent(html(rows));
    await scrollInEveryPicture(page);
    await page.waitForTimeout(500);
    return tracePictures(browser, page, seconds);
  });
