import { expect, it } from 'vitest';
import { freePort } from './free-port.js';

it('gives servers of tests ports of their own, none of which the system gives to somebody else meanwhile', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, freePort));
  expect(new Set(ports).size).toBe(300);
  expect(Math.max(...ports)).toBeLessThan(32_768); // Where Linux begins to choose.
});
