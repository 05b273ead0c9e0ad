import { beforeAll, describe, expect, it } from 'vitest';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.js';

describe('a password hasher', () => {
  let hasher: PasswordHasher;
  beforeAll(async () => {
    hasher = await createPasswordHasher({ maxConcurrent: 1, maxWaiting: 2 });
  });

  it('uses argon2id with 19 MiB, two passes and one lane, and a salt of its own each time', async () => {
    const first = await hasher.hash('correct horse');
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash('correct horse')).not.toBe(first);
    expect(await hasher.verify(first, 'correct horse')).toBe(true);
    expect(await hasher.verify(first, 'correct hors')).toBe(false);
  });

  it('tells passwords apart that differ far behind the start', async () => {
    const long = 'a'.repeat(127);
    const hashed = await hasher.hash(`${long}x`);
    expect(await hasher.verify(hashed, `${long}y`)).toBe(false);
  });

  it('refuses what would wait behind too many, and goes on afterwards', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => hasher.verify(undefined, 'x')));
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'resource_exhausted', retryAfterMs: 2_000 });
      else expect(result.value).toBe(false);
    }
    expect(hasher.waiting).toBe(0);
    expect(await hasher.verify(undefined, 'x')).toBe(false);
  });

  it('lets a caller who left out of the queue', async () => {
    const first = hasher.verify(undefined, 'x');
    const leaving = new AbortController();
    const second = hasher.verify(undefined, 'x', leaving.signal);
    expect(hasher.waiting).toBe(1);
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'canceled' });
    expect(hasher.waiting).toBe(0);
    expect(await first).toBe(false);
    await expect(hasher.hash('x', leaving.signal)).rejects.toMatchObject({ code: 'canceled' });
  });
});
