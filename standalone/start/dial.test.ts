import { expect, it } from 'vitest';
import { dialTarget, shownTarget } from './dial.js';

it.each([
  ['127.0.0.1', '127.0.0.1:80', '127.0.0.1:80'],
  ['10.1.2.3', '10.1.2.3:80', '10.1.2.3:80'],
  ['my-host', 'my-host:80', 'my-host:80'],
  ['0.0.0.0', '127.0.0.1:80', 'localhost:80'],
  ['::', '[::1]:80', 'localhost:80'],
  ['fe80::1', '[fe80::1]:80', '[fe80::1]:80'],
])('what listens on %s is dialled at %s and shown as %s', (host, dialled, shown) => {
  expect(dialTarget({ host, port: 80 })).toBe(dialled);
  expect(shownTarget({ host, port: 80 })).toBe(shown);
});
