import { createManualClock } from '@tickfolio/lib/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConnectionGate } from './connection-gate.js';

describe('connection gate', () => {
  it('never lets more through than the window holds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }), (waits) => {
        const clock = createManualClock();
        const gate = createConnectionGate(clock, 5, 100);
        const taken: number[] = [];
        for (const waitMs of waits) {
          clock.advance(waitMs);
          const askedToWaitMs = gate.take();
          if (askedToWaitMs === 0) taken.push(clock.monotonic());
          else expect(askedToWaitMs).toBeGreaterThan(0);
        }
        for (const atMs of taken)
          expect(taken.filter((other) => other > atMs - 100 && other <= atMs).length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('says how long to wait, truly', () => {
    const clock = createManualClock();
    const gate = createConnectionGate(clock, 2, 100);
    gate.take();
    clock.advance(30);
    gate.take();
    expect(gate.take()).toBe(70);
    clock.advance(70);
    expect(gate.take()).toBe(0);
    gate.block(500);
    expect(gate.take()).toBe(500);
  });
});
