import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createArchive } from './archive.js';

const setUp = () => {
  let setByMs = 0;
  const steady = createManualClock();
  const clock: ManualClock = Object.create(steady, { now: { value: () => steady.now() + setByMs } });
  const said: unknown[] = [];
  const log = Object.assign(silentLogger(), { warn: (facts: object) => void said.push(facts) });
  const running: { answer(rows: unknown[]): void; fail(err: Error): void }[] = [];
  const seen: { timeoutMs?: number | undefined; maxRows?: number | undefined }[] = [];
  const clickhouse = {
    query: (_sql: string, _params: unknown, options: { timeoutMs?: number; maxRows?: number }) =>
      new Promise((answer, fail) => {
        seen.push(options);
        running.push({ answer, fail });
      }),
  } as unknown as ClickHouse;
  const outcomes: string[] = [];
  const archive = createArchive({
    clickhouse,
    clock,
    log,
    observe: (outcome) => void outcomes.push(outcome),
  });
  const setClock = (byMs: number) => {
    setByMs = byMs;
  };
  return { clock, setClock, said, running, seen, outcomes, archive, read: () => archive.read('SELECT 1', {}, 10) };
};

it('bounds every query in time and rows, how many run at once and how many wait', async () => {
  const { clock, running, seen, read } = setUp();
  const reads = Array.from({ length: 6 + 64 }, read);
  await expect(read()).rejects.toMatchObject({ code: 'resource_exhausted' });
  expect(running).toHaveLength(6);
  expect(seen[0]).toEqual({ timeoutMs: 5_000, maxRows: 10 });
  for (let at = 0; at < reads.length; at++) {
    running[at]?.answer([at]);
    await reads[at];
    await clock.advanceAsync(0);
  }
  expect(running).toHaveLength(70);
  expect(clock.pending).toBe(0);
  const next = read();
  await clock.advanceAsync(0);
  running[70]?.answer(['free again']);
  expect(await next).toEqual(['free again']);
});

it('does not let a reader wait for ever', async () => {
  const { clock, running, read } = setUp();
  const reads = Array.from({ length: 7 }, read);
  await clock.advanceAsync(4_999);
  const late = expect(reads[6]).rejects.toMatchObject({ code: 'resource_exhausted' });
  await clock.advanceAsync(1);
  await late;
  running[0]?.answer(['first']);
  expect(await reads[0]).toEqual(['first']);
  expect(running).toHaveLength(6);
});

it('knows since when ClickHouse is away, and what is no sign of that', async () => {
  const { clock, running, outcomes, archive, read } = setUp();
  const fails = async (err: Error) => {
    const reading = read();
    await clock.advanceAsync(0);
    running.at(-1)?.fail(err);
    await expect(reading).rejects.toThrow();
  };
  for (const code of ['not_found', 'invalid_argument', 'resource_exhausted'] as const)
    await fails(new AppError(code, 'no sign'));
  expect(archive.away).toBeUndefined();
  const sinceMs = clock.now();
  await fails(new AppError('unavailable', 'refused'));
  clock.advance(5_000);
  await fails(new AppError('deadline_exceeded', 'too slow'));
  expect(archive.away).toEqual({ sinceMs, reason: 'too slow' });
  const reading = read();
  await clock.advanceAsync(0);
  running.at(-1)?.answer([]);
  await reading;
  expect(archive.away).toBeUndefined();
  expect(outcomes).toEqual([
    'not_found',
    'invalid_argument',
    'resource_exhausted',
    'unavailable',
    'deadline_exceeded',
    'ok',
  ]);
});

it('says how long ClickHouse was away, also where the clock of the computer is set back meanwhile', async () => {
  const { clock, setClock, said, running, read } = setUp();
  const failing = expect(read()).rejects.toThrow();
  await clock.advanceAsync(0);
  running.at(-1)?.fail(new AppError('unavailable', 'refused'));
  await failing;
  setClock(-3_600_000);
  clock.advance(5_000);
  const reading = read();
  await clock.advanceAsync(0);
  running.at(-1)?.answer([]);
  await reading;
  expect(said.at(-1)).toEqual({ awayMs: 5_000 });
});
