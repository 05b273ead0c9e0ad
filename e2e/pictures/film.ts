import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { browser, withPage } from '../kit/page.js';
import { animatedWebp, type FilmPicture } from './animated-webp.js';

// The README's film of the walk, by `npm run pictures`: sign up, add a coin, watch it. A WebP file, because Chromium
// codes its pictures and nothing else is needed.

const pictures = join(projectRoot, 'web/screenshots');
const viewport = { width: 960, height: 600 };
const pictureEveryMs = 160;
/** It lies in the repository, and whoever opens the README loads it. */
const maxBytes = 2_000_000;

/** No longer: what a busy machine makes one wait for is no part of the walk. */
const maxShownMs = 700;

/** Takes pictures while `work` goes on; those that show the same are one. */
const record = async (page: Page, work: () => Promise<void>): Promise<FilmPicture[]> => {
  const session = await page.context().newCDPSession(page);
  const taken: { file: Buffer; atMs: number }[] = [];
  let goesOn = true;
  const taking = (async () => {
    while (goesOn) {
      const atMs = performance.now();
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 62 });
      const file = Buffer.from(data, 'base64');
      if (!taken.at(-1)?.file.equals(file)) taken.push({ file, atMs });
      await page.waitForTimeout(Math.max(0, pictureEveryMs - (performance.now() - atMs)));
    }
  })();
  await work().finally(() => {
    goesOn = false;
  });
  await taking;
  const endMs = performance.now();
  return taken.map(({ file, atMs }, at) => ({
    file,
    shownMs: Math.min(maxShownMs, (taken[at + 1]?.atMs ?? endMs) - atMs),
  }));
};

/** As a person does it: slowly enough to be followed. */
const walk = async (page: Page, { base }: AllInOne, name: string): Promise<void> => {
  const pause = (ms: number) => page.waitForTimeout(ms);
  await pause(1_200);
  await page.getByRole('link', { name: 'Create account' }).first().click();
  await page.getByLabel('Name').pressSequentially(name, { delay: 60 });
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await pause(400);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  await pause(900);
  await page.getByLabel('I kept them').check();
  await pause(400);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Add asset' }).first().click();
  await page.getByRole('combobox', { name: 'Search an asset' }).pressSequentially('bitc', { delay: 90 });
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await pause(600);
  await page.keyboard.press('Enter');
  await page.getByLabel(/^How much/).pressSequentially('1.5', { delay: 120 });
  await pause(500);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(page.url()).toContain(base);
  await pause(3_000);
  await page.getByRole('button', { name: 'How the total comes about' }).click();
  await pause(2_500);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.rail a[title="Portfolio"]').click();
  // So narrow a window has the switcher above the page.
  const bar = page.locator('.portfolio-bar');
  await bar.getByRole('button', { name: /Choose a portfolio/ }).click();
  await bar.getByRole('link', { name: 'Everything you own' }).waitFor();
  await pause(900);
  await bar.getByRole('link', { name: /^Paper/ }).click();
  await page.locator('tr[data-asset=USDT]').waitFor();
  await pause(1_500);
  await page.locator('.rail a[title="Markets"]').click();
  await page.getByRole('button', { name: 'Watch Ethereum', exact: true }).first().click();
  await pause(1_200);
};

it('takes the film of the walk', async () => {
  expect(browser, 'Chromium is needed').toBeDefined();
  await mkdir(pictures, { recursive: true });
  const folder = await temporaryFolder();
  const run = await startAllInOne(folder.path);
  try {
    for (const [colorScheme, name] of [
      ['light', 'maria'],
      ['dark', 'mario'],
    ] as const) {
      await withPage({ colorScheme, viewport }, async ({ page }) => {
        await page.goto(`${run.base}/welcome`);
        await page.waitForTimeout(3_000); // Live by then.
        const film = animatedWebp(await record(page, () => walk(page, run, name)));
        expect(film.length).toBeLessThan(maxBytes);
        await writeFile(join(pictures, `walk-${colorScheme}.webp`), film);
        // What cannot be shown would be seen here, not by who reads the README.
        const shown = await page.evaluate(
          `new Promise((done, failed) => { const image = new Image(); image.onload = () => done(image.naturalWidth); image.onerror = failed; image.src = 'data:image/webp;base64,${film.toString('base64')}'; })`,
        );
        expect(shown).toBe(viewport.width);
      });
    }
  } finally {
    await run.process.end('SIGTERM');
    await folder.remove();
  }
});
