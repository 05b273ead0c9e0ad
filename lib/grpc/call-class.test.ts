import { expect, it } from 'vitest';
import { createManualClock, sleep } from '../clock/clock.js';
import { renewalTimes } from '../renewal/renewal.js';
import { createCallClass } from './call-class.js';

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
