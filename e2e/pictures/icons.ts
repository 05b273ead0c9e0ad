import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { expect, it } from 'vitest';
import { browser, withPage } from '../kit/page.js';

// The icons of the page in the sizes that phones want, drawn of its one drawing, by `npm run pictures`.

it.each([192, 512])('draws the icon of %i pixels', async (size) => {
  expect(browser, 'Chromium is needed').toBeDefined();
  const folder = join(projectRoot, 'web/public');
  const drawing = await readFile(join(folder, 'icon.svg'), 'utf8');
  await withPage({ viewport: { width: size, height: size } }, async ({ page }) => {
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawing}`);
    await page.screenshot({ path: join(folder, `icon-${size}.png`), omitBackground: true });
  });
});
