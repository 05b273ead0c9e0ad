import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeOf, startTestAuth } from './kit/auth.js';
import { openEmbeddedDatabase } from './kit/database.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

it('a login takes the same time for an unknown name, a wrong password and an impossible one', async () => {
  const limit = { burst: 1_000, refillMs: 1 };
  const auth = await startTestAuth(postgres, { loginsPerName: limit, loginsPerAddress: limit });
  const { name, register, login } = auth;
  await register(name);
  const tries = {
    wrong: () => login(name, 'wrong password'),
    unknown: () => login('nobody-at-all', 'wrong password'),
    impossible: () => login(name, 'x'.repeat(1_000)),
  };
  /** How much longer each takes than a wrong password. */
  const measure = async (): Promise<readonly number[]> => {
    const tookMs: Record<keyof typeof tries, number[]> = { wrong: [], unknown: [], impossible: [] };
    // In turns, so that a busy moment of the machine hits all alike.
    for (let round = 0; round < 60; round++) {
      for (const kind of ['wrong', 'unknown', 'impossible'] as const) {
        const startMs = performance.now();
        expect(await codeOf(tries[kind]())).toBe('unauthenticated');
        tookMs[kind].push(performance.now() - startMs);
      }
    }
    return [tookMs.unknown, tookMs.impossible].map((each) => median(each) / median(tookMs.wrong));
  };
  // One without a hash would take a tenth.
  const isEqual = (ratio: number) => ratio > 0.8 && ratio < 1.25;
  const ratios: (readonly number[])[] = [];
  // What differs does so each time; the noise of a busy machine does not.
  while (ratios.length < 3 && !ratios.at(-1)?.every(isEqual)) ratios.push(await measure());
  await auth.close();
  expect(ratios.at(-1)?.map(isEqual), ratios.join(' | ')).toEqual([true, true]);
});
