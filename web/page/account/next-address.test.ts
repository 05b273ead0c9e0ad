import { expect, it } from 'vitest';
import { ownAddress } from './next-address.js';

it('leads on after signing in to addresses of this page only', () => {
  const of = (asked: unknown) => ownAddress(asked, 'https://tickfolio.test');
  expect([of('/coins/btcusdt'), of('/coins/btcusdt?range=24h#chart'), of('/')]).toEqual([
    '/coins/btcusdt',
    '/coins/btcusdt?range=24h#chart',
    '/',
  ]);
  for (const asked of [
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    'https://evil.test/',
    'javascript:alert(1)',
    'coins',
    '',
    undefined,
    7,
    ['/'],
    '//[',
  ])
    expect([asked, of(asked)]).toEqual([asked, undefined]);
});

it('leads nobody to an address that names another host once it is put together again', () => {
  const of = (asked: unknown) => ownAddress(asked, 'https://tickfolio.test');
  for (const asked of ['/.//evil.test/x', '/a/..//evil.test', '/.//['])
    expect([asked, of(asked)]).toEqual([asked, undefined]);
});
