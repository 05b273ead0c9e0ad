import { expect, it } from 'vitest';
import { addressOf, portfolioAt } from './addresses.js';

it('has one address for the portfolio of what is owned, whoever’s it is, and others by their ids', () => {
  expect(addressOf({ id: 'a', kind: 'tracking', isDefault: true })).toBe('default');
  expect(addressOf({ id: 'b', kind: 'tracking', isDefault: false })).toBe('b');
  expect(addressOf({ id: 'c', kind: 'paper', isDefault: true })).toBe('c');
});
it.each([
  ['/portfolios/a', 'a'],
  ['/portfolios/a/settings', 'a'],
  ['/portfolios/', undefined],
  ['/portfolios', undefined],
  ['/', undefined],
])('knows which portfolio %s is about', (pathname, name) => {
  expect(portfolioAt(pathname)).toBe(name);
});
