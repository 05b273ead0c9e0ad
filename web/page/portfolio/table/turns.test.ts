import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.js';

const places = Array.from({ length: 20 }, (_, at) => at);
const dueAt = (turnsAt: ReturnType<typeof createTurns>, nowMs: number) => places.filter(turnsAt(nowMs));

describe('rows out of sight', () => {
  it('are drawn a part at a time while pushes come fast, all of them within three seconds', () => {
    const turnsAt = createTurns(8, 3_000);
    expect(dueAt(turnsAt, 1_000_000)).toEqual(places);
    const drawn = new Set<number>();
    for (let atMs = 1_000_100; atMs <= 1_003_000; atMs += 100) {
      const due = dueAt(turnsAt, atMs);
      expect(due.length).toBeLessThanOrEqual(3);
      for (const place of due) drawn.add(place);
    }
    expect(drawn.size).toBe(places.length);
  });
  it('are no older than three seconds and a push, however seldom pushes come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 40 }), (gaps) => {
        const turnsAt = createTurns(8, 3_000);
        let nowMs = 1_769_508_000_000;
        turnsAt(nowMs);
        const drawnMs = new Map(places.map((place) => [place, nowMs]));
        for (const gap of gaps) {
          nowMs += gap;
          for (const place of dueAt(turnsAt, nowMs)) drawnMs.set(place, nowMs);
          for (const place of places) expect(nowMs - (drawnMs.get(place) ?? 0)).toBeLessThan(3_000 + 375);
        }
      }),
    );
  });
  it('are all drawn where the clock was set back', () => {
    const turnsAt = createTurns(8, 3_000);
    turnsAt(1_000_000);
    expect(dueAt(turnsAt, 1_000)).toEqual(places);
  });
});
