import { getEventListeners } from 'node:events';
import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { Problem } from './problem.js';
import { createRepeatedCall } from './repeated-call.js';

it.each(['idempotency-key', 'Idempotency-Key', 'IDEMPOTENCY-KEY'])(
  'sends again what has a key, spelled %s',
  async (key) => {
    const clock = createManualClock();
    let calls = 0;
    const call = createRepeatedCall({
      call: async () => {
        if (++calls === 1) throw new Problem(503, '');
        return {} as never;
      },
      userId: () => 'u',
      clock,
      random: () => 1,
      onPause: undefined,
    });
    const asked = call('POST', '/api/v1/transfers', {}, { [key]: 'k' });
    await clock.advanceAsync(20_000);
    await asked;
    expect(calls).toBe(2);
  },
);

it('leaves nothing behind on a signal that outlives its pauses', async () => {
  const clock = createManualClock();
  const { signal } = new AbortController();
  let calls = 0;
  const call = createRepeatedCall({
    call: async () => {
      if (++calls % 2 === 1) throw new Problem(503, '');
      return {} as never;
    },
    userId: () => 'u',
    clock,
    random: () => 1,
    onPause: undefined,
  });
  for (let at = 0; at < 12; at++) {
    const asked = call('GET', '/api/v1/profile', undefined, {}, signal);
    await clock.advanceAsync(20_000);
    await asked;
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
