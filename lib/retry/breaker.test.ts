import { expect, it } from 'vitest';
import { createBreaker, RestingError } from './breaker.js';

const fail = () => Promise.reject(new Error('is away'));
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'well',
    (err: unknown) => (err instanceof RestingError ? 'resting' : 'failed'),
  );

it('leaves alone who failed so often in a row, and asks once after a rest', async () => {
  const breaker = createBreaker({ opens: { failuresInRow: 2 }, restMs: 20 });
  const states: string[] = [];
  const end = breaker.onChange((state) => void states.push(state));
  const asked = async (work: () => Promise<unknown>) => outcome(breaker.run(work));
  expect([await asked(fail), await asked(async () => 'a'), await asked(fail), await asked(fail)]).toEqual([
    'failed',
    'well',
    'failed',
    'failed',
  ]);
  expect(await asked(async () => 'b')).toBe('resting');
  await expect.poll(() => asked(async () => 'c'), { timeout: 2_000, interval: 10 }).toBe('well');
  expect(states).toEqual(['open', 'testing', 'closed']);
  end();
  await asked(fail);
  await asked(fail);
  expect(states).toHaveLength(3);
});

it('opens when such a share fails, however the failures lie', async () => {
  const breaker = createBreaker({ opens: { failedShare: 0.5, withinMs: 1_000, minPerSecond: 4 }, restMs: 60_000 });
  const seen: string[] = [];
  for (let call = 0; call < 40 && !seen.includes('resting'); call++)
    seen.push(await outcome(breaker.run(call % 3 === 0 ? async () => 'well' : fail)));
  expect(seen.at(-1)).toBe('resting');
  expect(seen.length).toBeGreaterThan(4);
});
