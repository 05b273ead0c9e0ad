import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { codeOf, startTestAuth } from './kit/auth.js';
import { openEmbeddedDatabase } from './kit/database.js';

/** The parameters of every hash that was computed, in their order. */
const computed = vi.hoisted((): string[] => []);
vi.mock('@node-rs/argon2', async (importOriginal) => {
  const library = await importOriginal<typeof import('@node-rs/argon2')>();
  const verify: typeof library.verify = (hashed, ...rest) => {
    computed.push(String(hashed).split('$').slice(1, 4).join(' '));
    return library.verify(hashed, ...rest);
  };
  return { ...library, verify };
});

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

// The time that follows from it is measured: `npm run bench auth`.
it('a login computes the same hash for an unknown name, a wrong password and an impossible one', async () => {
  const auth = await startTestAuth(postgres, {}, undefined, undefined, { passwordCost: undefined });
  const { name, register, login } = auth;
  await register(name);
  const works = async (...given: Parameters<typeof login>): Promise<readonly string[]> => {
    computed.length = 0;
    expect(await codeOf(login(...given))).toBe('unauthenticated');
    return [...computed];
  };
  const wrong = await works(name, 'wrong password');
  expect(wrong).toEqual(['argon2id v=19 m=19456,t=2,p=1']);
  expect(await works('nobody-at-all', 'wrong password')).toEqual(wrong);
  expect(await works(name, 'x'.repeat(1_000))).toEqual(wrong);
  await auth.close();
});
