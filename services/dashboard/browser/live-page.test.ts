import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { keepLive } from './live-page.js';

const setUp = () => {
  const clock = createManualClock();
  const asked: {
    readonly signal: AbortSignal;
    arrived(): void;
    answer(awaySinceMs?: number): Promise<void>;
    answerStrangely(): Promise<void>;
    fail(): Promise<void>;
  }[] = [];
  const told: string[] = [];
  const live = keepLive({
    clock,
    random: () => 1,
    load: (signal, arrived) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
        const settle = () => clock.advanceAsync(0);
        asked.push({
          signal,
          arrived,
          answer: (awaySinceMs) => {
            resolve({ awaySinceMs } as unknown as Document);
            return settle();
          },
          answerStrangely: () => {
            resolve({ foreign: true } as unknown as Document);
            return settle();
          },
          fail: () => {
            reject(new Error('no answer'));
            return settle();
          },
        });
      }),
    show: (page) => {
      const { awaySinceMs, foreign } = page as unknown as { awaySinceMs?: number; foreign?: boolean };
      if (foreign) throw new Error('not a page of the dashboard');
      return awaySinceMs;
    },
    tell: (state, words) => void told.push(`${state}: ${words}`),
  });
  return { clock, asked, told, live };
};

it('asks every two seconds, never twice at once', async () => {
  const { clock, asked, told } = setUp();
  await clock.advanceAsync(1_999);
  expect(asked).toHaveLength(0);
  await clock.advanceAsync(1);
  await clock.advanceAsync(6_000);
  expect(asked).toHaveLength(1);
  await asked[0]?.answer();
  await clock.advanceAsync(2_000);
  expect(asked).toHaveLength(2);
  expect(told).toEqual(['live: Live']);
  await asked[1]?.answer(1_769_508_000_000);
  expect(told.at(-1)).toBe('away: ClickHouse away since 10:00:00');
});

it('asks nothing while nobody looks or while paused, and at once when somebody looks again', async () => {
  const { clock, asked, told, live } = setUp();
  live.hide(true);
  await clock.advanceAsync(60_000);
  expect([asked.length, clock.pending]).toEqual([0, 0]);
  live.hide(false);
  expect(asked).toHaveLength(1);
  // A running request of a page that is hidden is given up, and is no failure.
  live.hide(true);
  expect(asked[0]?.signal.aborted).toBe(true);
  await clock.advanceAsync(60_000);
  expect([asked.length, told.length, clock.pending]).toEqual([1, 0, 0]);
  live.pause(true);
  live.hide(false);
  await clock.advanceAsync(60_000);
  expect([asked.length, told]).toEqual([1, ['paused: Paused']]);
  // Asked for by hand once; it stays paused.
  live.refresh();
  await asked[1]?.answer();
  await clock.advanceAsync(60_000);
  expect([asked.length, told.at(-1), clock.pending]).toEqual([2, 'paused: Paused', 0]);
  live.pause(false);
  await asked[2]?.answer();
  expect(told.at(-1)).toBe('live: Live');
});

it('asks ever more rarely while nobody answers, for ever, and tells since when', async () => {
  const { clock, asked, told } = setUp();
  const startMs = clock.now();
  const gaps: number[] = [];
  let lastMs = startMs;
  for (let request = 0; request < 8; request++) {
    while (asked.length === request) await clock.advanceAsync(100);
    gaps.push(clock.now() - lastMs);
    lastMs = clock.now();
    await asked[request]?.fail();
  }
  expect(gaps).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  const since = new Date(startMs + 2_000).toISOString().slice(11, 19);
  expect(new Set(told)).toEqual(new Set([`unreachable: No answer since ${since}, trying again`]));
  while (asked.length === 8) await clock.advanceAsync(100);
  await asked[8]?.answer();
  expect(told.at(-1)).toBe('live: Live');
  await clock.advanceAsync(2_000);
  expect(asked).toHaveLength(10);
});

it('waits on while a long page arrives slowly, but not for ever', async () => {
  const { clock, asked, told } = setUp();
  await clock.advanceAsync(2_000);
  for (let piece = 0; piece < 6; piece++) {
    await clock.advanceAsync(9_000);
    asked[0]?.arrived();
  }
  await asked[0]?.answer();
  expect(told).toEqual(['live: Live']);
  await clock.advanceAsync(2_000);
  for (let piece = 0; piece < 14; piece++) {
    asked[1]?.arrived();
    await clock.advanceAsync(9_000);
  }
  expect([asked[1]?.signal.aborted, told.length]).toEqual([true, 2]);
});

it('gives an answer ten seconds', async () => {
  const { clock, asked, told } = setUp();
  await clock.advanceAsync(2_000 + 9_999);
  expect(told).toEqual([]);
  await clock.advanceAsync(1);
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(told[0]).toMatch(/^unreachable/);
});

it('does not go on saying "Live" where a sign-in page of the network answers instead, and comes back by itself', async () => {
  const { clock, asked, told } = setUp();
  await clock.advanceAsync(2_000);
  await asked[0]?.answer();
  expect(told).toEqual(['live: Live']);
  await clock.advanceAsync(2_000);
  await asked[1]?.answerStrangely();
  expect(told.at(-1)).toMatch(/^unreachable: No answer since \d\d:\d\d:\d\d, trying again$/);
  await clock.advanceAsync(4_000);
  await asked[2]?.answer();
  expect(told.at(-1)).toBe('live: Live');
});

it('does not say that it tries again while it is paused and does not', async () => {
  const { clock, asked, told, live } = setUp();
  live.pause(true);
  // What typing into the filter does.
  live.refresh();
  await asked[0]?.fail();
  await clock.advanceAsync(600_000);
  expect(asked).toHaveLength(1);
  expect(told.at(-1)).toMatch(/^unreachable: No answer since \d\d:\d\d:\d\d, paused$/);
});
