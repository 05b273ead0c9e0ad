import { describe, expect, it } from 'vitest';
import { createTapeBench, startMs, type TapeBench, tradeAt } from '../kit/tape.js';

const perSecond = 100;
const stepMs = 1_000 / perSecond;
const goneMs = 5_000;
/** Id n is traded n steps after the start. */
const record = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => tradeAt(from + i, (from + i) * stepMs));

/** Plays the trades as they come, and serves a page of history each so many ms; none for 0. */
const play = (bench: TapeBench, fromMs: number, toMs: number, pageMs = 0) => {
  for (let ms = fromMs; ms < toMs; ms += stepMs) {
    bench.stream(...record(ms / stepMs, ms / stepMs));
    bench.wait(stepMs);
    if (pageMs === 0 || ms % pageMs !== 0) continue;
    const { fromId } = bench.tape.want(bench.clock.monotonic()) ?? {};
    if (fromId !== undefined) bench.serve(record(fromId, Math.min(fromId + 1_100, ms / stepMs)));
  }
};
/** A symbol of 100 trades a second whose feed was away for so long that 80,000 trades are missing. */
const comeBack = (missing = 80_000) => {
  const bench = createTapeBench();
  play(bench, stepMs, goneMs);
  bench.clock.advance(missing * stepMs);
  bench.published.length = 0;
  return { bench, backMs: goneMs + missing * stepMs };
};
/** What is wrong with the seconds between two moments, the last of which is not over. */
const incomplete = (bench: TapeBench, fromMs: number, toMs: number) => {
  const last = new Map(bench.published.map((stat) => [stat.second, stat]));
  const seconds = Array.from({ length: (toMs - fromMs) / 1_000 - 1 }, (_, i) => startMs + fromMs + i * 1_000);
  return seconds.filter((second) => !last.get(second)?.complete || last.get(second)?.trades !== perSecond);
};

describe('a busy symbol after a long outage', () => {
  it.each([200, 500, 1_000])(
    'shows the current second within 3 s, while 80,000 trades are fetched with a page each %d ms',
    (pageMs) => {
      const { bench, backMs } = comeBack();
      const shownMs: number[] = [];
      for (let ms = backMs; ms < backMs + 8_000; ms += stepMs) {
        play(bench, ms, ms + stepMs, pageMs);
        const running = bench.published.filter(({ second }) => second > startMs + backMs).length;
        while (shownMs.length < running) shownMs.push(ms + stepMs - backMs);
      }
      expect(bench.tape.missing).toBeGreaterThan(30_000);
      expect(shownMs[0]).toBeLessThanOrEqual(3_020);
      // And each further one as soon as it is over.
      expect(shownMs.slice(1)).toEqual(shownMs.slice(1).map((_, i) => (i + 3) * 1_000 + stepMs));
    },
  );

  it('has every missed second in the end, whole, and told as incomplete before only where the outage ended', () => {
    const { bench, backMs } = comeBack(8_000);
    play(bench, backMs, backMs + 8_000, 500);
    expect(bench.tape.missing).toBe(0);
    expect(incomplete(bench, goneMs, backMs + 8_000)).toEqual([]);
    expect(bench.tally).toMatchObject({ tradesLost: 0, tradesLate: 0, gapsFilled: 1 });
    expect(bench.published.filter(({ complete }) => !complete).map(({ second }) => second - startMs)).toEqual([backMs]);
  });

  it.each([1_700, 2_500, 3_100, 3_900])(
    'has every second once also when its publisher is killed %d ms after its return',
    (killedMs) => {
      const { bench, backMs } = comeBack(8_000);
      play(bench, backMs, backMs + killedMs, 500);
      expect(bench.tape.missing).toBeGreaterThan(0);
      bench.takeOver();
      bench.clock.advance(500);
      play(bench, backMs + killedMs + 500, backMs + 12_000, 250);
      expect(bench.tape.missing).toBe(0);
      expect(incomplete(bench, goneMs, backMs + 12_000)).toEqual([]);
      const revisions = new Map<number, number>();
      for (const { second, revision } of bench.published) {
        expect(revision, `second ${second}`).toBe((revisions.get(second) ?? -1) + 1);
        revisions.set(second, revision);
      }
    },
  );
});
