import type { Locator, Page } from 'playwright-core';
import { frameAt } from './frame.js';
import { portfolioOf } from './portfolios.js';

// What the tests of the pages of portfolios begin with.

const noon = Date.parse('2026-06-15T12:00:00.000Z');
export const ofNoon = frameAt(noon, { btcusdt: { price: '100' } }, '100');
export const second = portfolioOf('p-second', { name: 'Second try' });

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const dialog = (page: Page) => page.getByRole('dialog');
export const isFocused = (page: Page, name: string) =>
  page.evaluate(`document.activeElement.getAttribute('name') === '${name}'`);
/** What stands beside a field, as screen readers say it with the field, and whether the field is marked as wrong. */
export const wordsBeside = async (field: Locator): Promise<readonly (string | null)[]> => {
  const described = await field.getAttribute('aria-describedby');
  const words = described === null ? null : await field.page().locator(`[id="${described}"]`).innerText();
  return [words, await field.getAttribute('aria-invalid')];
};
