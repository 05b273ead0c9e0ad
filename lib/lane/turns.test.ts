import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createTurns } from './turns.js';

/** Work that ends when it is told to. */
const setUp = (maxWaiting = 10, atOnce = 1) => {
  const clock = createManualClock();
  const turns = createTurns({
    clock,
    atOnce,
    maxWaiting,
    maxWaitMs: 10_000,
    words: 'Too much at once.',
    failTogether: true,
  });
  const running: { readonly name: string; end(thrown?: unknown): void }[] = [];
  const take = (key: string, name: string) =>
    turns.take(
      key,
      () =>
        new Promise<string>((resolve, reject) => {
          running.push({ name, end: (thrown) => (thrown ? reject(thrown) : resolve(name)) });
        }),
    );
  const names = () => running.map(({ name }) => name);
  return { clock, take, running, names };
};
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

it('lets one user’s changes hold one connection at a time, and hinders nobody else', async () => {
  const { take, running, names } = setUp();
  const all = ['a1', 'a2', 'b1', 'a3'].map((name) => take(name.slice(0, 1), name));
  await settle();
  expect(names()).toEqual(['a1', 'b1']);
  running[0]?.end();
  await settle();
  expect(names()).toEqual(['a1', 'b1', 'a2']);
  running[2]?.end(new AppError('failed_precondition', 'Less is held.'));
  await expect(all[1]).rejects.toThrow('Less is held.');
  await settle();
  running[3]?.end();
  running[1]?.end();
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual(['a1', 'b1', 'a3']);
  const again = take('a', 'a4');
  await settle();
  running[4]?.end();
  expect(await again).toBe('a4');
});
it('tells all who wait at once that the database is away, not one after the other', async () => {
  const { take, running, names } = setUp();
  const all = ['a1', 'a2', 'a3'].map((name) => take('a', name));
  const outcomes = Promise.allSettled(all);
  await settle();
  running[0]?.end(new AppError('unavailable', 'The database cannot be reached.'));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(names()).toEqual(['a1']);
  void take('a', 'a4');
  await settle();
  expect(names()).toEqual(['a1', 'a4']);
});
it('refuses what is too much to wait', async () => {
  const { take } = setUp(1);
  void take('a', 'a1');
  void take('a', 'a2');
  await expect(take('a', 'a3')).rejects.toMatchObject({ code: 'resource_exhausted', retryAfterMs: 1_000 });
});
it('lets nothing wait longer than somebody waits for it, and never does it afterwards', async () => {
  const { clock, take, running, names } = setUp();
  const first = take('a', 'a1');
  const late = take('a', 'a2');
  clock.advance(9_000);
  const young = take('a', 'a3');
  clock.advance(1_000);
  await expect(late).rejects.toMatchObject({ code: 'resource_exhausted', retryAfterMs: 1_000 });
  running[0]?.end();
  await first;
  await settle();
  expect(names()).toEqual(['a1', 'a3']);
  running[1]?.end();
  expect(await young).toBe('a3');
  expect(clock.pending).toBe(0);
});
it('does so much of one user at once, and goes on with what waits', async () => {
  const { take, running, names } = setUp(10, 2);
  const all = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) => take(name.slice(0, 1), name));
  await settle();
  expect(names()).toEqual(['a1', 'a2', 'b1']);
  for (let at = 0; at < 5; at++) {
    running[at]?.end();
    await settle();
  }
  expect(names()).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  expect(await Promise.all(all)).toHaveLength(5);
});
