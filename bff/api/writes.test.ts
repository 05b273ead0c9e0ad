import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { createWrites } from './writes.js';

const build = () => {
  const writes = createWrites({ clock: createManualClock(), burst: 2, refillMs: 60_000 });
  const take = (userId: string, key?: string): string => {
    try {
      writes.take(userId, key);
      return 'taken';
    } catch (thrown) {
      return thrown instanceof AppError ? thrown.code : String(thrown);
    }
  };
  return { take };
};

describe('the allowance of changes', () => {
  it('counts a change once, however often its answer is lost and it is asked for again under its key', () => {
    const { take } = build();
    expect([take('ada', 'k1'), take('ada', 'k2'), take('ada', 'k3')]).toEqual(['taken', 'taken', 'resource_exhausted']);
    expect(Array.from({ length: 4 }, () => take('ada', 'k1'))).toEqual(Array(4).fill('taken'));
    expect(take('ada')).toBe('resource_exhausted');
  });
  it('counts each one without a key, and a key for its own user', () => {
    const { take } = build();
    expect([take('ada'), take('ada', 'k1'), take('ada')]).toEqual(['taken', 'taken', 'resource_exhausted']);
    expect([take('bob', 'k1'), take('bob', 'k2'), take('bob', 'k3')]).toEqual(['taken', 'taken', 'resource_exhausted']);
  });
  it('counts one that was refused when it comes again, and does not let one key pass for ever', () => {
    const { take } = build();
    expect([take('ada', 'k1'), take('ada', 'k2')]).toEqual(['taken', 'taken']);
    expect([take('ada', 'k3'), take('ada', 'k3')]).toEqual(Array(2).fill('resource_exhausted'));
    expect(Array.from({ length: 9 }, () => take('ada', 'k1'))).toEqual([
      ...Array(8).fill('taken'),
      'resource_exhausted',
    ]);
  });
});
