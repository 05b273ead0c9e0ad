import { createManualClock } from '@tickfolio/lib/clock';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTradeSequence, type Sequenced } from './trade-sequence.js';

const options = { holdMs: 250, overlapHoldMs: 1_000, maxHeld: 50 };
const startMs = 1_700_000_000_000;

const rig = () => {
  const clock = createManualClock(startMs);
  const out: number[] = [];
  const holes: [number, number][] = [];
  const resets: [number, number][] = [];
  const leaps: [number, number][] = [];
  let duplicates = 0;
  const sequence = createTradeSequence<Sequenced>(clock, options, {
    forward: ({ order }) => out.push(order),
    duplicate: () => {
      duplicates += 1;
    },
    held: () => undefined,
    hole: (from, to) => holes.push([from, to]),
    reset: (last, next) => resets.push([last, next]),
    leap: (order, goesOnAt) => leaps.push([order, goesOnAt]),
  });
  const accept = (order: number, source = 1, overlap = false, eventTimeMs = clock.now()) =>
    sequence.accept({ order, eventTimeMs }, source, overlap);
  return {
    clock,
    out,
    holes,
    resets,
    leaps,
    sequence,
    accept,
    get duplicates() {
      return duplicates;
    },
  };
};

/** One connection's delivery of a range: in order but for repeats and swapped neighbours. */
const delivery = (from: number, to: number) =>
  fc
    .array(fc.constantFrom('plain', 'twice', 'swap'), { minLength: to - from + 1, maxLength: to - from + 1 })
    .map((faults) => {
      const ids: number[] = [];
      for (let id = from; id <= to; id++) {
        const fault = faults[id - from];
        if (fault === 'swap' && id < to && id > from) {
          ids.push(id + 1, id);
          id += 1;
        } else if (fault === 'twice') ids.push(id, id);
        else ids.push(id);
      }
      return ids;
    });

describe('trade sequence', () => {
  it('passes every trade once and in order through a rotation: two connections, interleaved, with repeats and swapped neighbours', () => {
    const rotation = fc
      .record({
        start: fc.integer({ min: 1, max: 20 }),
        end: fc.integer({ min: 20, max: 40 }),
        last: fc.integer({ min: 41, max: 60 }),
      })
      .chain(({ start, end, last }) =>
        fc.record({
          last: fc.constant(last),
          old: delivery(0, end),
          // The new connection begins anywhere before the old one ends.
          next: delivery(start, last),
          turns: fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }),
          // The old connection brings at least its first trade before the new one speaks, as a subscription does.
        }),
      );
    fc.assert(
      fc.property(rotation, ({ last, old, next, turns }) => {
        const { accept, out, holes, sequence } = rig();
        const [first = 0, ...restOfOld] = old;
        accept(first, 1, true);
        const queues = [restOfOld, [...next]];
        for (const turn of turns) {
          const source = turn ? 1 : 0;
          const id = queues[source]?.shift();
          if (id !== undefined) accept(id, source + 1, true);
        }
        for (const [index, queue] of queues.entries()) for (const id of queue) accept(id, index + 1, true);
        expect(out).toEqual(Array.from({ length: last + 1 }, (_, id) => id));
        expect(holes).toEqual([]);
        expect(sequence.settled).toBe(true);
      }),
      { numRuns: seedsOf(500) },
    );
  });

  it('never repeats, never goes back, never keeps anything for longer than its bound, whatever comes', () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 80 }),
      waitMs: fc.integer({ min: 0, max: 120 }),
      overlap: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { accept, out, clock, sequence, holes } = rig();
        const given = new Set<number>();
        for (const { id, waitMs, overlap } of steps) {
          accept(id, 1, overlap);
          given.add(id);
          clock.advance(waitMs);
        }
        clock.advance(options.overlapHoldMs);
        expect(sequence.settled).toBe(true);
        expect(out).toEqual([...new Set(out)].sort((a, b) => a - b));
        expect(out.every((id) => given.has(id))).toBe(true);
        // What is missing between the first and the last is exactly what was reported as holes.
        const missing = holes.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        const whole = [...out, ...missing].sort((a, b) => a - b);
        expect(whole).toEqual(whole.map((_, index) => (whole[0] ?? 0) + index));
        expect(clock.pending).toBe(0);
      }),
      { numRuns: seedsOf(500) },
    );
  });

  it('waits for a missing trade no longer than the bound, then names the hole', () => {
    const { accept, out, holes, clock } = rig();
    accept(1);
    accept(4);
    accept(5);
    clock.advance(options.holdMs - 1);
    expect(out).toEqual([1]);
    clock.advance(1);
    expect(out).toEqual([1, 4, 5]);
    expect(holes).toEqual([[2, 3]]);
  });

  it('waits longer while two connections deliver', () => {
    const { accept, out, clock } = rig();
    accept(1, 1, true);
    accept(3, 2, true);
    clock.advance(options.holdMs + 100);
    expect(out).toEqual([1]);
    accept(2, 1, true);
    expect(out).toEqual([1, 2, 3]);
  });

  it('keeps a bounded number waiting', () => {
    const { accept, out } = rig();
    accept(1);
    for (let id = 3; id <= 3 + options.maxHeld; id++) accept(id);
    expect(out.length).toBe(2 + options.maxHeld);
  });

  it('follows an exchange that begins to count anew after a reconnect', () => {
    const { accept, out, resets, clock } = rig();
    accept(1_000_000, 1);
    clock.advance(5_000);
    for (let id = 10; id < 20; id++) accept(id, 2);
    expect(resets).toEqual([[1_000_000, 14]]);
    expect(out).toEqual([1_000_000, 14, 15, 16, 17, 18, 19]);
  });

  it('follows a replay whose times begin anew too, a little later', () => {
    const { accept, out, clock } = rig();
    accept(1_000_000, 1);
    for (let id = 10; id < 60; id++) {
      clock.advance(200);
      accept(id, 2, false, startMs - 1_000_000 + id);
    }
    expect(out[1]).toBeGreaterThan(10);
    expect(out.at(-1)).toBe(59);
  });

  it('follows an exchange that begins to count anew on the connection as it is, also where trades are rare', () => {
    const { accept, clock, out, resets } = rig();
    for (const id of [900_000, 900_001]) accept(id);
    for (const id of [1, 2, 3, 4]) {
      clock.advance(60_000);
      accept(id);
    }
    expect(out).toEqual([900_000, 900_001, 3, 4]);
    expect(resets).toEqual([[900_001, 3]]);
  });

  it('takes neither repeats nor single wrong ids on a connection for a new count', () => {
    const { accept, clock, out, resets } = rig();
    for (let id = 100; id < 160; id++) {
      clock.advance(3_000);
      accept(id);
      accept(id - 20, 1, false, clock.now() - 60_000); // An old one once more.
      if (id % 7 === 0) accept(5 + id, 1, false, clock.now()); // One that stands too far ahead or far behind, alone.
      if (id % 9 === 0) accept(id - 90);
    }
    clock.advance(1_000);
    expect(resets).toEqual([]);
    expect(new Set(out).size).toBe(out.length);
  });

  it('goes back from an id that leapt ahead also when the connection was replaced meanwhile', () => {
    const { accept, clock, out, leaps } = rig();
    for (const id of [1, 2, 9_000_000]) accept(id);
    clock.advance(1_000); // Nothing else is traded for a second: it is passed on.
    clock.advance(60_000);
    accept(3, 2);
    accept(4, 2);
    expect(out).toEqual([1, 2, 9_000_000, 3, 4]);
    expect(leaps).toEqual([[9_000_000, 3]]);
  });

  it('does not take a slow connection for a new count', () => {
    const { accept, out, resets, clock } = rig();
    for (let id = 1; id <= 500; id++) accept(id, 1, true, startMs + id * 10);
    // A new connection, far behind, brings everything once more.
    for (let id = 1; id <= 500; id++) accept(id, 2, true, startMs + id * 10);
    // And an old one late.
    clock.advance(10_000);
    accept(501, 3, true, startMs + 5_010);
    for (let id = 1; id <= 500; id++) {
      clock.advance(100);
      accept(id, 2, true, startMs + id * 10);
    }
    expect(resets).toEqual([]);
    expect(out).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
  });

  it('is not led astray by an id that leaps ahead: what goes on is passed on without a break', () => {
    const { accept, out, holes, leaps, clock, sequence } = rig();
    for (const id of [1, 2, 99_999_999_999_999, 3]) accept(id);
    clock.advance(options.holdMs);
    accept(4);
    expect(out).toEqual([1, 2, 3, 4]);
    expect(holes).toEqual([]);
    expect(leaps).toEqual([[99_999_999_999_999, 3]]);
    expect(sequence.settled).toBe(true);
  });

  it('goes back to the series of a slow symbol, for which such an id was passed on already', () => {
    const { accept, out, leaps, clock } = rig();
    for (const id of [1, 2, 99_999_999_999_999]) accept(id);
    clock.advance(options.holdMs);
    expect(out).toEqual([1, 2, 99_999_999_999_999]);
    for (const id of [3, 4, 5]) accept(id);
    expect(out.slice(3)).toEqual([3, 4, 5]);
    expect(leaps).toEqual([[99_999_999_999_999, 3]]);
  });

  it('and where it was the very first', () => {
    const { accept, out } = rig();
    for (const id of [99_999_999_999_999, 3, 4, 5]) accept(id);
    expect(out.slice(1)).toEqual([3, 4, 5]);
  });

  it('follows a real leap, as after a long break: a second trade stands behind it', () => {
    const { accept, out, holes, leaps, clock } = rig();
    for (const id of [1, 2, 5_000_000, 5_000_001]) accept(id, 1);
    clock.advance(options.holdMs);
    // Late ones of the connection before.
    for (const id of [3, 4]) accept(id, 0);
    accept(5_000_002, 1);
    expect(out).toEqual([1, 2, 5_000_000, 5_000_001, 5_000_002]);
    expect(holes).toEqual([[3, 4_999_999]]);
    expect(leaps).toEqual([]);
  });
});
