import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createLogger } from '../telemetry/telemetry.js';
import { watchDependency } from './watched.js';

const watch = (ask: () => Promise<unknown>) => {
  const clock = createManualClock();
  const lines: string[] = [];
  const log = createLogger('auth', 'warn', (line) => {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    lines.push(`${level}: ${msg}`);
  });
  const options = { required: true, words: 'the database', ask, periodMs: 1_000, timeoutMs: 500 };
  return { clock, lines, health: watchDependency({ clock, log }, { name: 'auth-database', ...options }) };
};

it('a database that is merely slow is told of as slow, once, and as an outage where it lasts', async () => {
  const hangs = () => new Promise(() => undefined);
  let answer: () => Promise<unknown> = async () => undefined;
  const { clock, lines, health } = watch(() => answer());
  await health.known;
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      await clock.advanceAsync(500);
      await clock.advanceAsync(500);
    }
  };
  for (let time = 0; time < 3; time++) {
    answer = hangs;
    await seconds(3);
    expect(health.check()).toBe('did not answer within 500 ms');
    answer = async () => undefined;
    await seconds(2);
    expect(health.check()).toBeUndefined();
  }
  expect(lines).toEqual([expect.stringMatching(/: the database is slow$/)]);
  answer = hangs;
  await seconds(15);
  answer = async () => undefined;
  await seconds(2);
  expect(lines.slice(1).map((line) => line.split(': ')[1])).toEqual([
    'the database is not well',
    'the database is well',
  ]);
  health.close();
});

it('who reads warnings only is told of the end of an outage of the database, as of its beginning', async () => {
  let fault: Error | undefined;
  const { clock, lines, health } = watch(async () => {
    if (fault) throw fault;
  });
  await health.known;
  expect(lines).toEqual([]);
  fault = new Error('gone');
  await clock.advanceAsync(1_000);
  fault = undefined;
  await clock.advanceAsync(1_000);
  expect(lines.map((line) => line.split(': ')[1])).toEqual(['the database is not well', 'the database is well']);
  health.close();
});
