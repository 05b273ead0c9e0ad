import { expect, it } from 'vitest';
import { silentLogger } from '../telemetry/telemetry.js';
import { eachUser } from './each-user.js';

const build = (ids: readonly string[], cannot: (userId: string) => boolean) => {
  const left = new Set([...ids].sort());
  const tried: string[] = [];
  const stop = new AbortController();
  const round = () =>
    eachUser({
      page: async (after, limit) => [...left].filter((id) => id > after).slice(0, limit),
      erase: async (userId) => {
        tried.push(userId);
        if (cannot(userId)) throw new Error('cannot be erased');
        left.delete(userId);
      },
      log: silentLogger(),
      signal: stop.signal,
    });
  return { left, tried, round, stop };
};
const many = Array.from({ length: 250 }, (_, at) => `user-${String(at).padStart(3, '0')}`);

it('a user who cannot be erased keeps nobody else waiting', async () => {
  const { left, tried, round } = build(many, (userId) => /^user-0[1-9]0$/.test(userId));
  await round();
  expect([...left]).toEqual(many.filter((userId) => /^user-0[1-9]0$/.test(userId)));
  expect(tried).toEqual(many);
  await round();
  expect(tried.slice(many.length)).toEqual([...left].slice(0, 5));
});

it('where nobody can be erased, few are tried', async () => {
  const { tried, round } = build(many, () => true);
  await round();
  expect(tried).toEqual(many.slice(0, 5));
});
