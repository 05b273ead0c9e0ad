import { expect, it } from 'vitest';
import { fittingTimes, renewalTimes } from './renewal.js';

it('refuses times with which a page that waits its turn would be taken for a thief, or signed out in the meantime', () => {
  const of = (change: object) => () => fittingTimes({ ...renewalTimes, ...change });
  expect(of({})).not.toThrow();
  expect(of({ lateMs: 10_000 })).toThrow(/taken for theft/);
  expect(of({ answerMs: 60_000 })).toThrow(/outlive/);
  expect(of({ callMs: 15_000 })).toThrow(/hear/);
  expect(of({ waitMs: 10_000 })).toThrow(/hear/);
  expect(of({ lateMs: 150_000 })).toThrow(/taken for theft/);
});
