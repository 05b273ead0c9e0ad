import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { watchSilence } from './silence-watch.js';

describe('silence watch', () => {
  const open = (answers: (nowMs: number) => boolean) => {
    const clock = createManualClock();
    const deaths: number[] = [];
    let probes = 0;
    const watch = watchSilence({
      clock,
      silenceMs: 60_000,
      probe: async () => {
        probes++;
        return answers(clock.monotonic());
      },
      dead: () => deaths.push(clock.monotonic()),
    });
    return { clock, deaths, watch, probes: () => probes };
  };

  it('asks nothing while there are signs of life', async () => {
    const { clock, deaths, watch, probes } = open(() => true);
    for (let i = 0; i < 100; i++) {
      await clock.advanceAsync(5_000);
      watch.heard();
    }
    expect([deaths, probes()]).toEqual([[], 0]);
    watch.close();
    expect(clock.pending).toBe(0);
  });

  it('declares one dead, once, that is silent while the server answers', async () => {
    const { clock, deaths } = open(() => true);
    await clock.advanceAsync(300_000);
    expect(deaths).toEqual([60_000]);
    expect(clock.pending).toBe(0);
  });

  it('waits for a server that is away, and half the time more once it is back', async () => {
    const { clock, deaths } = open((nowMs) => nowMs > 600_000);
    await clock.advanceAsync(630_000);
    expect(deaths).toEqual([]);
    await clock.advanceAsync(20_000);
    expect(deaths).toEqual([640_000]);
  });

  it('forgives a long silence at the first sign of life', async () => {
    const { clock, deaths, watch } = open((nowMs) => nowMs > 600_000);
    await clock.advanceAsync(620_000);
    watch.heard();
    await clock.advanceAsync(50_000);
    expect(deaths).toEqual([]);
    expect(watch.silentMs()).toBe(50_000);
    await clock.advanceAsync(20_000);
    expect(deaths).toEqual([680_000]);
  });
});
