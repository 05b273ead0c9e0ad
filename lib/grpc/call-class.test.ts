import { status } from '@grpc/grpc-js';
import { afterEach, expect, it, vi } from 'vitest';
import { createManualClock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { renewalTimes } from '../renewal/renewal.js';
import { createCallClass } from './call-class.js';
import { fromGrpcError } from './status.js';

afterEach(() => vi.restoreAllMocks());

const { answerMs, callMs, waitMs } = renewalTimes;
const setUp = (maxAtOnce: number, maxWaiting: number) => {
  const clock = createManualClock();
  const bounds = { circuit: 'auth', opens: { failuresInRow: 5 }, maxAtOnce, maxWaiting, maxWaitMs: waitMs };
  const { run: call } = createCallClass({ ...bounds, clock, restMs: 2_000, away: 'Accounts cannot be reached.' });
  return { clock, call };
};

it('tells each of 2 000 pages that renew at once what became of it before it gives up, and renews for none that was told to ask again', async () => {
  const { clock, call } = setUp(256, 5_000);
  const start = clock.monotonic();
  const outcomes: { readonly atMs: number; readonly fault?: unknown }[] = [];
  let began = 0;
  for (let page = 0; page < 2_000; page++) {
    void call(async () => {
      began++;
      await sleep(clock, callMs - 1_000); // Slow, and well.
    }).then(
      () => outcomes.push({ atMs: clock.monotonic() - start }),
      (fault: unknown) => outcomes.push({ atMs: clock.monotonic() - start, fault }),
    );
  }
  await clock.advanceAsync(60_000);
  expect(outcomes).toHaveLength(2_000);
  expect(Math.max(...outcomes.map(({ atMs }) => atMs))).toBeLessThan(answerMs);
  const refused = outcomes.filter(({ fault }) => fault);
  expect(began + refused.length).toBe(2_000);
  for (const { fault } of refused) expect(fault).toMatchObject({ code: 'unavailable', retryAfterMs: 2_000 });
  expect(clock.pending).toBe(0);
});

it('renews again as soon as the auth service does, after many had waited too long', async () => {
  const { clock, call } = setUp(1, 2);
  let free = () => {};
  const hanging = call(() => new Promise<void>((resolve) => (free = resolve)));
  const waiting = [1, 2].map(() => call(async () => 'renewed').catch(({ code }) => code));
  await clock.advanceAsync(waitMs);
  expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable']);
  const next = call(async () => 'renewed'); // Who waited too long holds no place in the queue.
  free();
  await hanging;
  expect(await next).toBe('renewed');
  expect(await call(async () => 'renewed')).toBe('renewed');
  expect(clock.pending).toBe(0);
});

it('renews sessions while an auth service of before is asked again and again for what it does not know, and says that it is older', async () => {
  const { call } = setUp(256, 5_000);
  const details = 'The server does not implement the method BeginPasskeyLogin';
  const older = Object.assign(new Error('12 UNIMPLEMENTED'), { code: status.UNIMPLEMENTED, details });
  const words = new Set<string>();
  for (let view = 0; view < 5; view++)
    await call(() => Promise.reject(fromGrpcError(older))).catch(({ message }) => words.add(message));
  expect(await call(async () => 'renewed')).toBe('renewed');
  expect([...words]).toEqual([expect.stringContaining('is of an earlier build')]);
});

it('has sessions renewed again after its rest where the clock of the computer was set back by an hour meanwhile', async () => {
  const { clock, call } = setUp(256, 5_000);
  const away = new AppError('unavailable', 'is away');
  for (let page = 0; page < 5; page++) await call(() => Promise.reject(away)).catch(() => undefined);
  const renewed = () => call(async () => 'renewed').catch(({ code }) => code);
  expect(await renewed()).toBe('unavailable');
  const real = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
  clock.advance(2_000);
  expect(await renewed()).toBe('renewed');
});

it('goes on asking a service that says which other one is away, and hands on what it says', async () => {
  const { call } = setUp(256, 5_000);
  const fields = [{ field: 'portfolio_id', message: 'Portfolios are away.', reason: 'portfolio-away' }];
  const said = new AppError('unavailable', 'Portfolios cannot be reached.', { fields, retryAfterMs: 1_000 });
  for (let order = 0; order < 10; order++) await expect(call(() => Promise.reject(said))).rejects.toBe(said);
  expect(await call(async () => 'ended')).toBe('ended');
});
