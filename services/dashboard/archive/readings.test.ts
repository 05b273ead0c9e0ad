import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { expect, it } from 'vitest';
import { createReadings } from './readings.js';

const away = () => Promise.reject(new AppError('unavailable', 'away'));

it('asks once for many who ask at the same time, and again when the answer is old', async () => {
  const clock = createManualClock();
  const readings = createReadings(clock, 10);
  let asked = 0;
  const read = () => readings.get('key', 1_000, async () => ++asked);
  expect((await Promise.all([read(), read(), read()])).map(({ value }) => value)).toEqual([1, 1, 1]);
  clock.advance(999);
  expect((await read()).value).toBe(1);
  clock.advance(1);
  expect(await read()).toEqual({ value: 2, readAtMs: clock.now(), fault: undefined });
});

it('keeps what was read when a later try fails, and tries a failed one again within a second', async () => {
  const clock = createManualClock();
  const readings = createReadings(clock, 10);
  expect(await readings.get('other', 1_000, away)).toMatchObject({ value: undefined, fault: { code: 'unavailable' } });
  const readAtMs = clock.now();
  await readings.get('key', 30_000, async () => 'read');
  clock.advance(30_000);
  expect(await readings.get('key', 30_000, away)).toMatchObject({
    value: 'read',
    readAtMs,
    fault: { code: 'unavailable' },
  });
  clock.advance(999);
  expect(await readings.get('key', 30_000, async () => 'anew')).toMatchObject({
    value: 'read',
    fault: { code: 'unavailable' },
  });
  clock.advance(1);
  expect(await readings.get('key', 30_000, async () => 'anew')).toEqual({
    value: 'anew',
    readAtMs: clock.now(),
    fault: undefined,
  });
});

it('shows what was read before to whom a new read takes too long', async () => {
  const clock = createManualClock();
  const readings = createReadings(clock, 10);
  await readings.get('key', 1_000, async () => 'old');
  clock.advance(1_000);
  let answer: (value: string) => void = () => undefined;
  const slow = readings.get(
    'key',
    1_000,
    () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
  );
  await clock.advanceAsync(1_500);
  expect((await slow).value).toBe('old');
  answer('new');
  await clock.advanceAsync(0);
  expect((await readings.get('key', 1_000, away)).value).toBe('new');
  expect(clock.pending).toBe(0);
});

it('forgets what was asked for longest ago', async () => {
  const readings = createReadings(createManualClock(), 2);
  const loads: string[] = [];
  const read = (key: string) =>
    readings.get(key, 60_000, async () => {
      loads.push(key);
      return key;
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await read(key);
  expect(loads).toEqual(['a', 'b', 'c', 'b']);
});
