import { afterEach, expect, it, vi } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { type Breaker, createBreaker, RestingError } from './breaker.js';

afterEach(() => vi.restoreAllMocks());

const fail = () => Promise.reject(new Error('is away'));
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'well',
    (err: unknown) => (err instanceof RestingError ? 'resting' : 'failed'),
  );
const asking = (breaker: Breaker) => (work: () => Promise<unknown>) => outcome(breaker.run(work));
/** The clock of the computer is set. */
const setClock = (byMs: number) => {
  const real = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => real() + byMs);
};
const hourMs = 3_600_000;

it('leaves alone who failed so often in a row, and asks once after a rest', async () => {
  const clock = createManualClock();
  const breaker = createBreaker({ clock, opens: { failuresInRow: 2 }, restMs: 20 });
  const states: string[] = [];
  const end = breaker.onChange((state) => void states.push(state));
  const asked = asking(breaker);
  expect([await asked(fail), await asked(async () => 'a'), await asked(fail), await asked(fail)]).toEqual([
    'failed',
    'well',
    'failed',
    'failed',
  ]);
  clock.advance(19);
  expect(await asked(async () => 'b')).toBe('resting');
  clock.advance(1);
  expect(await asked(async () => 'c')).toBe('well');
  expect(states).toEqual(['open', 'testing', 'closed']);
  end();
  await asked(fail);
  await asked(fail);
  expect(states).toHaveLength(3);
});

it('rests anew after a test that failed, also from those who waited for what became of it', async () => {
  const clock = createManualClock();
  const asked = asking(createBreaker({ clock, opens: { failuresInRow: 1 }, restMs: 20 }));
  await asked(fail);
  clock.advance(20);
  expect(await Promise.all([asked(fail), asked(fail), asked(fail)])).toEqual(['failed', 'resting', 'resting']);
  clock.advance(19);
  expect(await asked(async () => 'a')).toBe('resting');
  clock.advance(1);
  expect(await asked(async () => 'b')).toBe('well');
});

it.each([-hourMs, hourMs])(
  'rests as long as ever where the clock of the computer is set by %i ms meanwhile',
  async (byMs) => {
    const clock = createManualClock();
    const asked = asking(createBreaker({ clock, opens: { failuresInRow: 1 }, restMs: 20 }));
    await asked(fail);
    setClock(byMs);
    expect(await asked(async () => 'a')).toBe('resting');
    clock.advance(20);
    expect(await asked(async () => 'b')).toBe('well');
  },
);

it('opens when such a share fails, however the failures lie', async () => {
  const opens = { failedShare: 0.5, withinMs: 1_000, minPerSecond: 4 };
  const asked = asking(createBreaker({ clock: createManualClock(), opens, restMs: 60_000 }));
  const seen: string[] = [];
  for (let call = 0; call < 40 && !seen.includes('resting'); call++)
    seen.push(await asked(call % 3 === 0 ? async () => 'well' : fail));
  expect(seen.at(-1)).toBe('resting');
  expect(seen.length).toBeGreaterThan(4);
});

it('does not rest for one failure because of four that were three hours ago', async () => {
  const clock = createManualClock();
  const opens = { failedShare: 0.5, withinMs: 10_000, minPerSecond: 0.5 };
  const asked = asking(createBreaker({ clock, opens, restMs: 60_000 }));
  for (let call = 0; call < 4; call++) await asked(fail);
  setClock(3 * hourMs);
  clock.advance(3 * hourMs);
  await asked(fail);
  expect(await asked(async () => 'well')).toBe('well');
});

it('counts what failed for as long as it should where the clock of the computer is set, and for no longer', async () => {
  const clock = createManualClock();
  const opens = { failedShare: 0.5, withinMs: 10_000, minPerSecond: 0.5 };
  const asked = asking(createBreaker({ clock, opens, restMs: 60_000 }));
  for (let second = 0; second < 20; second++) {
    await asked(async () => 'well');
    clock.advance(1_000);
  }
  setClock(-hourMs);
  const seen: string[] = [];
  for (let second = 0; second < 20 && !seen.includes('resting'); second++) {
    seen.push(await asked(fail));
    clock.advance(1_000);
  }
  // Half of the last ten seconds failed, and a little more.
  expect(seen).toEqual([...Array.from({ length: 6 }, () => 'failed'), 'resting']);
});
