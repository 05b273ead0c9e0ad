import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createQueryLane } from './query-lane.js';

it('says within seconds that too many queries run, rather than to wait for theirs to end', async () => {
  const clock = createManualClock();
  const lane = createQueryLane({ width: 2, maxWaiting: 4, patience: { clock, ms: 3_000 }, name: 'queries' });
  const ends: (() => void)[] = [];
  const heavy = () => lane.run(() => new Promise<void>((resolve) => void ends.push(resolve)));
  const running = [heavy(), heavy()];
  const quick = lane.run(async () => 'answered').catch((err: unknown) => err);
  clock.advance(2_999);
  const later = lane.run(async () => 'answered');
  clock.advance(1);
  expect(await quick).toMatchObject({
    code: 'resource_exhausted',
    message: 'Too many queries run: none of 2 has ended within 3 s. Ask again a little later.',
  });
  // Who came later still waits, and gets the first place that is free.
  ends[0]?.();
  expect(await later).toBe('answered');
  clock.advance(60_000);
  ends[1]?.();
  await Promise.all(running);
  expect(await lane.run(async () => 'answered')).toBe('answered');
  await lane.close();
});
