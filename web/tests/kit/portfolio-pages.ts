import type { Page } from 'playwright-core';
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
