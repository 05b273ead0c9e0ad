import type { Postgres } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, password, startTestAuth } from '../kit/auth.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { accounts } from '../schema.js';

let postgres: Postgres;
let auth: Awaited<ReturnType<typeof startTestAuth>>;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  auth = await startTestAuth(postgres, { loginsPerName: { burst: 10, refillMs: 30_000 } });
});
afterAll(async () => {
  await auth?.close();
  await postgres?.close();
});

let people = 0;
let name: string;
let key: string;
beforeEach(() => {
  [name, key] = [`Owner-${++people}`, `key-${people}`];
});
const register = (as = name, secret = password, by = key) => auth.register(as, secret, '', by);
const accountsNow = async () => (await postgres.db.select().from(accounts)).length;

describe('an account whose answer was lost', () => {
  it('is given once more to who asks for it again, and can be signed in to', async () => {
    const { userId } = await register();
    const before = await accountsNow();
    expect(await register()).toEqual({ userId, recoveryCodes: [] });
    expect(await accountsNow()).toBe(before);
    expect(await auth.login(name)).toMatchObject({ userId, userName: name });
    // Long afterwards too, and whatever was done in it.
    expect(await register()).toEqual({ userId, recoveryCodes: [] });
  });

  it('is one account also where it is asked for five times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => register()));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
    expect(await postgres.db.select().from(accounts).where(eq(accounts.name, name))).toHaveLength(1);
  });

  it('is given to nobody with another password or another name, and nothing is made', async () => {
    await register();
    const before = await accountsNow();
    expect(await codeOf(register(name, 'another good password'))).toBe('failed_precondition');
    expect(await codeOf(register(`${name}-2`))).toBe('failed_precondition');
    expect(await codeOf(register(name.toUpperCase()))).toBe('failed_precondition');
    expect(await accountsNow()).toBe(before);
  });

  it('keeps its name against who comes with another key, or with none', async () => {
    await register();
    expect(await codeOf(register(name, password, `${key}-other`))).toBe('already_exists');
    expect(await codeOf(register(name, password, ''))).toBe('already_exists');
  });

  it('does not let its password be guessed here more often than where one signs in', async () => {
    await register();
    const codes: string[] = [];
    for (let guess = 0; guess < 12; guess++) codes.push(await codeOf(register(name, `a guess of mine ${guess}`)));
    expect(codes).toEqual([
      ...Array<string>(10).fill('failed_precondition'),
      ...Array<string>(2).fill('resource_exhausted'),
    ]);
  });

  it('is refused where the key is no text that a header can have', async () => {
    for (const bad of ['with blanks in it', 'ä', 'x'.repeat(256)])
      expect(await codeOf(register(name, password, bad))).toBe('invalid_argument');
  });
});
